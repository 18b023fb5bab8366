/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.SourcePosition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** What is kept in state comes back as it was, from every version that was ever written. */
class SubjectStateCodecProperties {
    private static final Path GOLDEN =
            Path.of("src", "test", "resources", "golden", "alert-subject-v1.hex");

    @Property(tries = 200)
    void state_afterAnySignals_isReadAsWritten(
            @ForAll @Size(max = 12) List<@DoubleRange(min = -2, max = 2) Double> values,
            @ForAll @StringLength(max = 20) String tenant,
            @ForAll @IntRange(max = 5) int kept)
            throws Exception {
        Watching watching =
                new Watching(new Subject(Seen.MODULE, "tenant", Optional.of(tenant)), List.of());
        Rule rule =
                Rules.of(
                        "{'signal': 'angry', 'detector': {'type': 'k_of_n', 'above': 0, 'k': 2, 'n': 4}}");
        for (int index = 0; index < values.size(); index++) {
            watching.observe(rule, Seen.of("e" + index, values.get(index), index));
        }
        Ring ring = Ring.EMPTY;
        for (int event = 0; event < kept; event++) {
            ring = ring.with("e" + event, event).until(event);
        }
        SubjectState state =
                new SubjectState(
                        new Subject(Seen.MODULE, "tenant", Optional.of(tenant)),
                        watching.watches(),
                        ring,
                        kept);
        assertThat(read(bytes(state))).isEqualTo(state);
    }

    /** With the environment variable HOOKLINE_UPDATE_GOLDEN the file is written first. */
    @Test
    void state_ofVersionOne_isReadAndWrittenAsInTheGoldenFile() throws IOException {
        String hex = HexFormat.of().formatHex(bytes(golden()));
        if (System.getenv("HOOKLINE_UPDATE_GOLDEN") != null) {
            Files.writeString(GOLDEN, hex + "\n");
        }
        String golden = Files.readString(GOLDEN).strip();
        assertThat(hex).isEqualTo(golden);
        assertThat(read(HexFormat.of().parseHex(golden))).isEqualTo(golden());
    }

    @Test
    void state_ofUnknownVersion_isRefused() {
        assertThatThrownBy(() -> read(new byte[] {9}))
                .isInstanceOf(IOException.class)
                .hasMessage("alert state of version 9 can't be read, known is 1");
    }

    private static SubjectState golden() {
        DetectorState.Times times = new DetectorState.Times(new long[] {5, 6});
        List<DetectorState> states =
                List.of(
                        new DetectorState.Nothing(),
                        new DetectorState.Spread(new Moments(3, 0.5, 2)),
                        new DetectorState.Average(Moments.NONE, 0.25, 7),
                        new DetectorState.Sums(
                                Moments.NONE,
                                new DetectorState.Excess(1.5, 8),
                                DetectorState.Excess.NONE),
                        new DetectorState.Hinkley(
                                Moments.NONE,
                                new DetectorState.Run(2.5, -1, 9),
                                DetectorState.Run.NONE),
                        times,
                        new DetectorState.Hits(11, times, times));
        return new SubjectState(
                new Subject("model.model.layers.2", "tenant", Optional.of("ü")),
                states.stream().map(SubjectStateCodecProperties::watch).toList(),
                Ring.EMPTY.with("e1", 100).with("e2", 200).until(77),
                99);
    }

    private static Watch watch(DetectorState state) {
        return new Watch(
                "rule",
                12,
                new Series("angry", "output", 0, "post"),
                state,
                Watch.Phase.FIRING,
                13,
                14,
                15,
                new Evidence(
                        0.95,
                        0.9,
                        Optional.of(16L),
                        List.of(
                                new Evidence.Case(
                                        "e1",
                                        new SourcePosition("events", 1, 17),
                                        "ab",
                                        0,
                                        2,
                                        0.95,
                                        18)),
                        new Evidence.Common(
                                Optional.of("ticketlm"),
                                Optional.empty(),
                                Optional.of("t"),
                                Optional.empty())));
    }

    private static byte[] bytes(SubjectState state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SubjectStateCodec.write(state, new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static SubjectState read(byte[] bytes) throws IOException {
        return SubjectStateCodec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
}
