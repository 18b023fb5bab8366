"""Activations out of Kafka as numpy arrays: read_activations.py BROKERS TOPIC prints what a topic holds."""

import io
import pathlib
import sys

import confluent_kafka
import fastavro
import numpy

SCHEMA = fastavro.schema.load_schema(str(pathlib.Path(__file__).parents[2] / "docs/schemas/v2/ActivationRecord.avsc"))
PLACE = ("invocation", "cache", "modulePath", "io", "index", "visit", "step", "stage")


def array(tensor):
    """A tensor as numpy has it; bfloat16, which numpy has not, as float32."""
    kind = {"bfloat16": "uint16"}.get(tensor["dtype"], tensor["dtype"])
    values = numpy.frombuffer(tensor["data"], numpy.dtype(kind).newbyteorder("<")).reshape(tensor["shape"])
    return (values.astype("uint32") << 16).view("float32") if tensor["dtype"] == "bfloat16" else values


def activations(brokers, topic):
    """Every committed record of a topic, whole, with its array; ends where the topic ends now."""
    consumer = confluent_kafka.Consumer({"bootstrap.servers": brokers, "group.id": "unused", "enable.auto.commit": False,
                                         "isolation.level": "read_committed", "enable.partition.eof": True})
    partitions = consumer.list_topics(topic, 30).topics[topic].partitions
    consumer.assign([confluent_kafka.TopicPartition(topic, p, confluent_kafka.OFFSET_BEGINNING) for p in partitions])
    ended, chunks = 0, {}
    while ended < len(partitions):
        message = consumer.poll(30)
        if message is None or message.error():
            if message is None or message.error().code() != confluent_kafka.KafkaError._PARTITION_EOF:
                raise SystemExit(f"cannot read '{topic}': {message and message.error()}")
            ended += 1
            continue
        record = fastavro.schemaless_reader(io.BytesIO(message.value()[10:]), SCHEMA)  # 10 bytes say which schema it is
        place = (*record["source"].values(), *(record[name] for name in PLACE))
        parts = chunks.setdefault(place, {})
        parts[record["chunkIndex"]] = record["tensor"]["data"]
        if len(parts) == record["chunkCount"]:
            record["tensor"]["data"] = b"".join(data for _, data in sorted(chunks.pop(place).items()))
            values = array(record["tensor"])
            yield record, values if record["scale"] is None else values * numpy.float32(record["scale"])
    consumer.close()


if __name__ == "__main__":
    for found, values in activations(*sys.argv[1:3]):
        print(found["eventId"], found["modulePath"], found["io"], "step", found["step"], values.dtype, values.shape, float(numpy.linalg.norm(values.astype("float64"))))
