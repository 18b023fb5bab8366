/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The shipped configurations are what Flink reads, and say what Hookline relies on. */
final class ShippedConfigurationTest {
    @ParameterizedTest
    @ValueSource(strings = {".", "gpu"})
    void configuration_readByFlink_saysWhatHooklineNeeds(String folder) {
        Configuration configuration = GlobalConfiguration.loadConfiguration(folder);
        assertThat(configuration.get(CoreOptions.ALWAYS_PARENT_FIRST_LOADER_PATTERNS_ADDITIONAL))
                .containsExactly("io.hookline", "ai.onnxruntime", "ai.djl", "com.sun.jna");
        assertThat(configuration.get(PipelineOptions.OBJECT_REUSE)).isTrue();
        assertThat(configuration.get(PipelineOptions.GENERIC_TYPES)).isFalse();
        assertThat(configuration.get(TaskManagerOptions.BUFFER_DEBLOAT_ENABLED)).isTrue();
        assertThat(configuration.get(TaskManagerOptions.TASK_OFF_HEAP_MEMORY).getMebiBytes())
                .isGreaterThanOrEqualTo(1024);
        assertThat(configuration.get(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE).name())
                .isEqualTo("EXACTLY_ONCE");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "gpu"})
    void configuration_onBareMachines_listensOnLoopbackAlone(String folder) {
        Configuration configuration = GlobalConfiguration.loadConfiguration(folder);
        for (String key :
                new String[] {
                    "jobmanager.bind-host", "taskmanager.bind-host", "rest.bind-address"
                }) {
            assertThat(configuration.getString(key, "unset")).as(key).isEqualTo("localhost");
        }
        assertThat(configuration.getString("hookline.metrics.host", "unset"))
                .isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "gpu"})
    void reporter_forPrometheus_isTheOneThatListensWhereItIsTold(String folder) {
        Configuration configuration = GlobalConfiguration.loadConfiguration(folder);
        assertThat(configuration.get(MetricOptions.REPORTERS_LIST)).isEqualTo("prom");
        assertThat(configuration.getString("metrics.reporter.prom.factory.class", ""))
                .isEqualTo("io.hookline.metrics.PrometheusReporterFactory");
    }

    @ParameterizedTest
    @CsvSource({"kubernetes/flinkdeployment.yaml, .", "kubernetes/flinkdeployment-gpu.yaml, gpu"})
    void deployment_forKubernetes_saysTheSameAsOnBareMachines(String file, String folder)
            throws Exception {
        Map<String, String> shipped = GlobalConfiguration.loadConfiguration(folder).toMap();
        Map<?, ?> spec = (Map<?, ?>) yaml(file).get("spec");
        Map<String, String> differs = new TreeMap<>();
        ((Map<?, ?>) spec.get("flinkConfiguration"))
                .forEach(
                        (key, value) -> {
                            if (!value.equals(shipped.get(key))) {
                                differs.put(key.toString(), value.toString());
                            }
                        });

        assertThat(differs.keySet())
                .as("places, and what only a cluster of containers has")
                .allMatch(
                        key ->
                                key.matches(
                                        "execution.checkpointing.(savepoint-)?dir|high-availability.*|hookline.metrics.host|metrics.reporter.otel.exporter.endpoint|.*kubernetes.config-key"));
        assertThat(differs).containsEntry("high-availability.type", "kubernetes");
    }

    private static Map<?, ?> yaml(String file) throws Exception {
        Load load = new Load(LoadSettings.builder().build());
        return (Map<?, ?>) load.loadFromString(Files.readString(Path.of(file)));
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "gpu"})
    void configuration_ofProcesses_opensWhatFlinkNeeds(String folder) {
        Configuration configuration = GlobalConfiguration.loadConfiguration(folder);

        assertThat(configuration.get(CoreOptions.FLINK_JVM_OPTIONS))
                .contains("--add-opens=java.base/java.util=ALL-UNNAMED")
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "config.yaml",
                "gpu/config.yaml",
                "environment.sh",
                "kubernetes/flinkdeployment.yaml",
                "kubernetes/flinkdeployment-gpu.yaml"
            })
    void telemetry_ofOnnxRuntime_isOff(String file) throws Exception {
        assertThat(Files.readString(Path.of(file)))
                .containsPattern("ORT_DISABLE_TELEMETRY\\W+(value: )?\"?1");
    }
}
