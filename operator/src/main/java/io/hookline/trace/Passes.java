/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Site;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What runs the forward passes of one trace. Used by one thread. */
interface Passes extends AutoCloseable {
    /** Runs one pass and serves whoever waits in it. */
    Result run(Pass pass, Work work);

    /** What a pass has to do; asked again whenever code has run. */
    interface Work {
        /** What passes that go alike have in common. */
        List<String> fingerprint();

        /** Token id of each row at a position of its text. */
        int token(int row, int position);

        /** Changes that are known before the pass starts. */
        List<Put> known();

        /** Where somebody waits next; may lie behind what was served already. */
        Optional<Site> nextCut();

        /**
         * Serves everybody at a site.
         *
         * @param value the whole batch's, null in a scan
         * @return what becomes of it; empty when nobody changed it
         */
        Optional<Put> serve(Site site, float @Nullable [] value);

        /** Whether a block stopped the run. */
        boolean isStopped();

        /** Sites whose values, after all edits, are wanted when the pass is over. */
        List<Site> taps();

        /**
         * Whether nothing else is wanted when the pass is over.
         *
         * @param tapped only ever grows within one pass
         */
        boolean isTapped(Set<Site> tapped);

        /** Whether logits are wanted for each row's last position. */
        boolean needsLogits();

        /** Whether a next pass may follow. */
        boolean continues();
    }

    /**
     * A changed value at a site.
     *
     * @param value the whole batch's
     * @param changed which elements
     * @param everywhere whether the value is the site's in all elements, changed or not
     */
    record Put(Site site, float[] value, boolean[] changed, boolean everywhere) {}

    /**
     * What a pass gave.
     *
     * @param taps by site, values null in a scan
     * @param logits each row's, null where nobody wanted them
     */
    record Result(Map<Site, float[]> taps, float @Nullable [] @Nullable [] logits) {}

    @Override
    void close();
}
