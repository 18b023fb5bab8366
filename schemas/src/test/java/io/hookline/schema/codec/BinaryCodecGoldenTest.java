/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.EventFormat;
import io.hookline.schema.Header;
import io.hookline.schema.RepositoryFiles;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BinaryCodecGoldenTest {
    private static final String ADVICE =
            "bytes in old savepoints would no longer be what is written: raise VERSION, read both,"
                    + " and add a golden file";
    private static final List<Header> HEADERS =
            List.of(
                    new Header("traceparent", "00-ab".getBytes(UTF_8)),
                    new Header("ä", new byte[] {0, -1}));
    private static final Envelope ENVELOPE =
            new Envelope(
                    new Destination.Activations("model.model.layers.0.mlp"),
                    "model.model.layers.0.mlp",
                    "evt-1",
                    new byte[] {-61, 1, 2, 3},
                    HEADERS);
    private static final SourceEvent EVENT =
            new SourceEvent(
                    new SourcePosition("events", 3, 12345678901L),
                    1700000000123L,
                    EventFormat.AVRO,
                    "key".getBytes(UTF_8),
                    "{\"id\": \"evt-1\"}".getBytes(UTF_8),
                    HEADERS);

    @Test
    void envelopeV1_isReadAndWrittenAsEver() throws IOException {
        var bytes = new ByteArrayOutputStream();
        EnvelopeCodec.write(ENVELOPE, new DataOutputStream(bytes));
        Path golden = RepositoryFiles.GOLDEN.resolve("envelope-v1.bin");
        RepositoryFiles.check(golden, bytes.toByteArray(), ADVICE);
        assertThat(EnvelopeCodec.read(in(Files.readAllBytes(golden)))).isEqualTo(ENVELOPE);
    }

    @Test
    void sourceEventV1_isReadAndWrittenAsEver() throws IOException {
        var bytes = new ByteArrayOutputStream();
        SourceEventCodec.write(EVENT, new DataOutputStream(bytes));
        Path golden = RepositoryFiles.GOLDEN.resolve("source-event-v1.bin");
        RepositoryFiles.check(golden, bytes.toByteArray(), ADVICE);
        assertThat(SourceEventCodec.read(in(Files.readAllBytes(golden)))).isEqualTo(EVENT);
    }

    @Test
    void unknownVersion_isNamed() {
        assertThatThrownBy(() -> EnvelopeCodec.read(in(new byte[] {7, 0, 0})))
                .isInstanceOf(IOException.class)
                .hasMessage("expected an envelope of version 1, found version 7");
        assertThatThrownBy(() -> SourceEventCodec.read(in(new byte[] {7, 0, 0})))
                .isInstanceOf(IOException.class)
                .hasMessage("expected a source event of version 1, found version 7");
    }

    @Test
    void unknownDestination_isNamed() {
        assertThatThrownBy(() -> EnvelopeCodec.read(in(new byte[] {1, 9})))
                .isInstanceOf(IOException.class)
                .hasMessage("expected a destination below 7, found 9");
    }

    @Test
    void everyDestination_hasANumber() throws Exception {
        for (Class<?> kind : Destination.class.getPermittedSubclasses()) {
            Object[] arguments =
                    kind.getDeclaredConstructors()[0].getParameterCount() == 1
                            ? new Object[] {"a"}
                            : new Object[0];
            var destination =
                    (Destination) kind.getDeclaredConstructors()[0].newInstance(arguments);
            var bytes = new ByteArrayOutputStream();
            EnvelopeCodec.write(
                    new Envelope(destination, "", "", new byte[0], List.of()),
                    new DataOutputStream(bytes));
            assertThat(EnvelopeCodec.read(in(bytes.toByteArray())).destination())
                    .isEqualTo(destination);
        }
    }

    @Test
    void everyFormat_hasANumber() {
        assertThat(Arrays.asList(EventFormat.values()))
                .allSatisfy(
                        format -> {
                            var bytes = new ByteArrayOutputStream();
                            var event =
                                    new SourceEvent(
                                            EVENT.position(),
                                            0,
                                            format,
                                            new byte[0],
                                            new byte[0],
                                            List.of());
                            SourceEventCodec.write(event, new DataOutputStream(bytes));
                            assertThat(SourceEventCodec.read(in(bytes.toByteArray())))
                                    .isEqualTo(event);
                        });
    }

    private static DataInputStream in(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }
}
