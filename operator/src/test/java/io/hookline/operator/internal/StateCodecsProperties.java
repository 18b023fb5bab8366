/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.operator.BudgetStep;
import io.hookline.operator.internal.budget.Lost;
import io.hookline.operator.internal.control.ControlBytes;
import io.hookline.operator.internal.control.ControlRef;
import io.hookline.schema.EventFormat;
import io.hookline.schema.Header;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** What is kept in state comes back as it was, from every version that was ever written. */
class StateCodecsProperties {
    private static final Path FOLDER = Path.of("src", "test", "resources", "golden");
    private static final Lost LOST =
            new Lost(
                    List.of(
                            new Lost.Count("mine", BudgetStep.FLOAT16, 3),
                            new Lost.Count("mine", BudgetStep.DROP, 1)),
                    Set.of("0a", "0b"));
    private static final Path GOLDEN = FOLDER.resolve("in-flight-v3.hex");

    @Property
    void inFlightElement_writtenAndRead_isTheSame(@ForAll("elements") InFlightElement element)
            throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        InFlightElementSerializer.INSTANCE.serialize(element, out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        assertThat(InFlightElementSerializer.INSTANCE.deserialize(in)).isEqualTo(element);
        assertThat(in.available()).isZero();
    }

    @Property
    void controlEvents_onTheirWayToTheTasks_arriveTheSame(
            @ForAll("events") List<SourceEvent> events) {
        assertThat(ControlBytes.read(ControlBytes.write(events))).isEqualTo(events);
    }

    /** With the environment variable HOOKLINE_UPDATE_GOLDEN the file is written first. */
    @Test
    void inFlightElement_ofThisVersion_isReadAndWrittenAsInTheGoldenFile() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        InFlightElementSerializer.INSTANCE.serialize(golden(OutputSequence.BY_STEP, LOST), out);
        String hex = HexFormat.of().formatHex(out.getCopyOfBuffer());
        if (System.getenv("HOOKLINE_UPDATE_GOLDEN") != null) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, hex + "\n");
        }
        String golden = Files.readString(GOLDEN).strip();
        assertThat(hex).isEqualTo(golden);
        DataInputDeserializer in = new DataInputDeserializer(HexFormat.of().parseHex(golden));
        assertThat(InFlightElementSerializer.INSTANCE.deserialize(in))
                .isEqualTo(golden(OutputSequence.BY_STEP, LOST));
    }

    /** Its outputs had begun to leave invocation by invocation. */
    @Test
    void inFlightElement_ofVersionOne_isStillRead() throws IOException {
        String golden = Files.readString(FOLDER.resolve("in-flight-v1.hex")).strip();
        DataInputDeserializer in = new DataInputDeserializer(HexFormat.of().parseHex(golden));
        assertThat(InFlightElementSerializer.INSTANCE.deserialize(in))
                .isEqualTo(golden(OutputSequence.BY_INVOCATION, Lost.NOTHING));
        assertThat(in.available()).isZero();
    }

    /** It did not say what a budget had taken. */
    @Test
    void inFlightElement_ofVersionTwo_isStillRead() throws IOException {
        String golden = Files.readString(FOLDER.resolve("in-flight-v2.hex")).strip();
        DataInputDeserializer in = new DataInputDeserializer(HexFormat.of().parseHex(golden));
        assertThat(InFlightElementSerializer.INSTANCE.deserialize(in))
                .isEqualTo(golden(OutputSequence.BY_STEP, Lost.NOTHING));
        assertThat(in.available()).isZero();
    }

    @Test
    void inFlightElement_ofUnknownVersion_isRefused() {
        DataInputDeserializer in = new DataInputDeserializer(new byte[] {9});
        assertThatThrownBy(() -> InFlightElementSerializer.INSTANCE.deserialize(in))
                .isInstanceOf(IOException.class)
                .hasMessage("in-flight state of version 9 can't be read, known are 1 to 3");
    }

    private static InFlightElement golden(OutputSequence sequence, Lost lost) {
        SourceEvent event =
                new SourceEvent(
                        new SourcePosition("events", 2, 77),
                        1_700_000_000_000L,
                        EventFormat.AVRO,
                        new byte[] {1},
                        new byte[] {2, 3},
                        List.of(new Header("traceparent", new byte[] {4})));
        return new InFlightElement(
                event,
                OptionalLong.of(5),
                List.of(new ControlRef("policy/p", 6, "ab"), new ControlRef("vector/ü", 7, "cd")),
                new Progress(sequence, 9, List.of(new int[] {10, 11}, new int[0]), lost));
    }

    @Provide
    Arbitrary<InFlightElement> elements() {
        Arbitrary<OptionalLong> times =
                Arbitraries.longs()
                        .map(OptionalLong::of)
                        .injectDuplicates(0.1)
                        .optional()
                        .map(time -> time.orElse(OptionalLong.empty()));
        Arbitrary<ControlRef> refs =
                Combinators.combine(
                                Arbitraries.strings().ofMaxLength(20),
                                Arbitraries.longs(),
                                Arbitraries.strings().ofMaxLength(10))
                        .as(ControlRef::new);
        Arbitrary<Progress> progress =
                Combinators.combine(
                                Arbitraries.of(OutputSequence.class),
                                Arbitraries.integers(),
                                Arbitraries.integers().array(int[].class).list().ofMaxSize(3),
                                lost())
                        .as(Progress::new);
        return Combinators.combine(event(), times, refs.list().ofMaxSize(4), progress)
                .as(InFlightElement::new);
    }

    private static Arbitrary<Lost> lost() {
        Arbitrary<Lost.Count> counts =
                Combinators.combine(
                                Arbitraries.strings().ofMaxLength(10),
                                Arbitraries.of(BudgetStep.class),
                                Arbitraries.integers())
                        .as(Lost.Count::new);
        return Combinators.combine(
                        counts.list().ofMaxSize(3),
                        Arbitraries.strings().ofMaxLength(10).set().ofMaxSize(3))
                .as(Lost::new);
    }

    @Provide
    Arbitrary<List<SourceEvent>> events() {
        return event().list().ofMaxSize(5);
    }

    private static Arbitrary<SourceEvent> event() {
        Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(30);
        Arbitrary<SourcePosition> positions =
                Combinators.combine(
                                Arbitraries.strings().ofMaxLength(10),
                                Arbitraries.integers(),
                                Arbitraries.longs())
                        .as(SourcePosition::new);
        Arbitrary<Header> headers =
                Combinators.combine(Arbitraries.strings().ofMaxLength(5), bytes).as(Header::new);
        return Combinators.combine(
                        positions,
                        Arbitraries.longs(),
                        Arbitraries.of(EventFormat.class),
                        bytes,
                        bytes,
                        headers.list().ofMaxSize(3))
                .as(SourceEvent::new);
    }
}
