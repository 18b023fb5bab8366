/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.model.HookPoint;
import io.hookline.model.Site;
import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.program.Io;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.PassInterrupt;
import io.hookline.schema.ElementType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plans are kept by structure and cuts, the most recently used ones. */
final class PlanKeyTest {
    private static final Structure STRUCTURE =
            new Structure(List.of(), List.of(), LogitsTap.LAST, false);

    /** A plan that only counts who holds it. */
    private static final class CountingPlan implements CachedPlan {
        private final Holders holders = new Holders();
        private boolean closed;

        @Override
        public boolean hold() {
            return holders.add();
        }

        @Override
        public void release() {
            closed |= holders.remove();
        }

        @Override
        public PassResult run(PassRequest request, PassInterrupt code, Memory memory) {
            throw new UnsupportedOperationException("it is never run");
        }
    }

    private static Site site(int order) {
        return new Site(
                HookPoint.of("model.layers." + order, Io.OUTPUT),
                0,
                order,
                "t" + order,
                ElementType.FLOAT32,
                Site.Layout.SEQUENCE,
                8,
                List.of(),
                List.of());
    }

    private static PlanKey key(Site... cuts) {
        return new PlanKey(STRUCTURE, List.of(cuts));
    }

    @Test
    void hold_sameCuts_findsTheSamePlan() throws Exception {
        List<PlanKey> built = new ArrayList<>();
        try (PlanCache cache =
                new PlanCache(
                        key -> {
                            built.add(key);
                            return new CountingPlan();
                        },
                        4)) {
            CachedPlan first = cache.hold(key(site(1)));
            assertThat(cache.hold(key(site(1)))).isSameAs(first);
            assertThat(cache.hold(key(site(2)))).isNotSameAs(first);
            assertThat(cache.hold(key())).isNotSameAs(first);
        }
        assertThat(built).containsExactly(key(site(1)), key(site(2)), key());
    }

    @Test
    void hold_moreThanFit_closesTheOldestOnceItsRunsHaveEnded() throws Exception {
        try (PlanCache cache = new PlanCache(key -> new CountingPlan(), 1)) {
            CountingPlan oldest = (CountingPlan) cache.hold(key(site(1)));
            CachedPlan newest = cache.hold(key(site(2)));
            assertThat(oldest.closed).isFalse();
            oldest.release();
            assertThat(oldest.closed).isTrue();
            assertThat(cache.hold(key(site(2)))).isSameAs(newest);
        }
    }
}
