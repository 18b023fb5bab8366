# Source this before Flink's start scripts: `. flink-conf/environment.sh && bin/start-cluster.sh`.
# ONNX Runtime 1.28 sends no telemetry; newer builds do unless this is set before the JVM starts.
export ORT_DISABLE_TELEMETRY=1
