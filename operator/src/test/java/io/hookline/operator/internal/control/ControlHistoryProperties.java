/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.internal.InvocationHarness;
import io.hookline.program.ControlEntry;
import io.hookline.program.ControlKind;
import io.hookline.program.TensorValue;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The versions of one name against the list of everything that was ever said about it. */
class ControlHistoryProperties {
    /** Something is put or removed, from that time on or, below zero, at once. */
    record Said(boolean put, int from) {
        InForce inForce(int number) {
            Optional<Instant> effective = from < 0 ? Optional.empty() : Optional.of(time(from));
            return InForce.of(
                    InvocationHarness.vector("v", number),
                    put
                            ? new ControlEntry.Vector(
                                    "v", TensorValue.Literal.scalar(number), effective)
                            : new ControlEntry.Removal(ControlKind.VECTOR, "v", effective));
        }
    }

    @Property
    void history_ofAnything_holdsAtEachTimeWhatWasSaidLastOfIt(@ForAll("sayings") List<Said> said) {
        ControlHistory history = ControlHistory.EMPTY;
        for (int i = 0; i < said.size(); i++) {
            history = history.with(said.get(i).inForce(i));
        }
        for (int time = 0; time < 12; time++) {
            assertThat(history.at(time(time)).map(InForce::version)).isEqualTo(last(said, time));
        }
        assertThat(history.versions().stream().map(each -> each.entry().effective()).distinct())
                .hasSameSizeAs(history.versions());
    }

    @Property
    void history_ofManyVersions_keepsTheLatest(@ForAll("times") List<Integer> times) {
        ControlHistory history = ControlHistory.EMPTY;
        for (int i = 0; i < times.size(); i++) {
            history = history.with(new Said(true, times.get(i)).inForce(i));
            assertThat(history.versions()).hasSizeLessThanOrEqualTo(ControlHistory.MAX_VERSIONS);
        }
        int newest = times.size() - 1;
        assertThat(history.at(time(times.get(newest))).map(InForce::version))
                .hasValue((long) newest);
    }

    private static Optional<Long> last(List<Said> said, int time) {
        for (int i = said.size() - 1; i >= 0; i--) {
            if (said.get(i).from() <= time) {
                return said.get(i).put() ? Optional.of((long) i) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Instant time(int millis) {
        return Instant.ofEpochMilli(millis);
    }

    @Provide
    Arbitrary<List<Said>> sayings() {
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(3, Arbitraries.just(true)),
                                Tuple.of(1, Arbitraries.just(false))),
                        Arbitraries.integers().between(-2, 10))
                .as(Said::new)
                .list()
                .ofMaxSize(14);
    }

    @Provide
    Arbitrary<List<Integer>> times() {
        return Arbitraries.integers().between(0, 1_000).list().ofMinSize(1).ofMaxSize(60);
    }
}
