/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.EventFormat;
import io.hookline.schema.Header;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class BinaryCodecProperties {
    private interface Writing {
        void to(DataOutput out) throws IOException;
    }

    @Property
    void envelope_writtenAndRead_isTheSame(@ForAll("envelopes") Envelope envelope)
            throws IOException {
        var in = in(bytes(out -> EnvelopeCodec.write(envelope, out)));
        assertThat(EnvelopeCodec.read(in)).isEqualTo(envelope);
        assertThat(in.read()).isEqualTo(-1);
    }

    @Property
    void sourceEvent_writtenAndRead_isTheSame(@ForAll("events") SourceEvent event)
            throws IOException {
        var in = in(bytes(out -> SourceEventCodec.write(event, out)));
        assertThat(SourceEventCodec.read(in)).isEqualTo(event);
        assertThat(in.read()).isEqualTo(-1);
    }

    @Property
    void envelope_cutShort_isAnIoException(
            @ForAll("envelopes") Envelope envelope, @ForAll @IntRange(max = 100_000) int cut)
            throws IOException {
        byte[] bytes = bytes(out -> EnvelopeCodec.write(envelope, out));
        byte[] shorter = Arrays.copyOf(bytes, cut % bytes.length);
        assertThatThrownBy(() -> EnvelopeCodec.read(in(shorter))).isInstanceOf(IOException.class);
    }

    @Provide
    Arbitrary<Envelope> envelopes() {
        Arbitrary<Destination> destinations =
                Arbitraries.oneOf(
                        texts().map(Destination.Activations::new),
                        Arbitraries.of(
                                new Destination.Results(),
                                new Destination.Signals(),
                                new Destination.Alerts(),
                                new Destination.DeadLetters(),
                                new Destination.Models()));
        return Combinators.combine(destinations, texts(), texts(), bytes(), headers())
                .as(Envelope::new);
    }

    @Provide
    Arbitrary<SourceEvent> events() {
        var positions =
                Combinators.combine(texts(), Arbitraries.integers(), Arbitraries.longs())
                        .as(SourcePosition::new);
        return Combinators.combine(
                        positions,
                        Arbitraries.longs(),
                        Arbitraries.of(EventFormat.values()),
                        bytes(),
                        bytes(),
                        headers())
                .as(SourceEvent::new);
    }

    private static Arbitrary<List<Header>> headers() {
        return Combinators.combine(texts(), bytes()).as(Header::new).list().ofMaxSize(4);
    }

    private static Arbitrary<String> texts() {
        return Arbitraries.strings()
                .ofMaxLength(40)
                .filter(text -> text.chars().noneMatch(c -> Character.isSurrogate((char) c)));
    }

    private static Arbitrary<byte[]> bytes() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(100);
    }

    private static byte[] bytes(Writing writing) throws IOException {
        var bytes = new ByteArrayOutputStream();
        writing.to(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static DataInputStream in(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }
}
