/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;
import io.hookline.program.Measure.Scalar;
import io.hookline.schema.ElementType;
import java.util.List;
import java.util.Optional;

/**
 * What of a forward pass is compiled: which kinds of edit act at which sites, what is tapped and
 * measured, whether there are logits and a next step. Values, positions and rows are fed. Equal
 * structures share one session, whatever their programs say.
 *
 * @param edits by site, in forward order
 * @param taps without duplicates, in forward order
 * @param gauges without duplicates
 * @param continues whether the KV cache is handed on to a next step
 */
public record Structure(
        List<SiteEdits> edits,
        List<Tap> taps,
        List<Gauge> gauges,
        LogitsTap logits,
        boolean continues) {
    public Structure {
        edits = List.copyOf(edits);
        taps = List.copyOf(taps);
        gauges = List.copyOf(gauges);
    }

    /** A structure that measures nothing. */
    public Structure(List<SiteEdits> edits, List<Tap> taps, LogitsTap logits, boolean continues) {
        this(edits, taps, List.of(), logits, continues);
    }

    /** Whether Java code waits at some slot. */
    public boolean calls() {
        return edits.stream()
                .flatMap(site -> site.slots().stream())
                .anyMatch(slot -> slot.kind() == EditKind.CALL);
    }

    /** The edits at one site, in the order in which they act. */
    public record SiteEdits(Site site, List<Slot> slots) {
        public SiteEdits {
            slots = List.copyOf(slots);
        }
    }

    /**
     * Room for one edit of each row.
     *
     * @param source where the value comes from, of {@link EditKind#FROM_ROW} and {@link
     *     EditKind#FROM_INPUT}
     * @param everywhere whether it replaces the value at every position of every row, so that
     *     nothing of what made the value is needed
     */
    public record Slot(EditKind kind, Optional<Site> source, boolean everywhere) {}

    /**
     * One graph output for everything that is recorded in the same way at a site.
     *
     * @param pre before the first edit at the site, else after the last
     * @param units the recorded units, empty for all
     * @param likeliest how many tokens a lens gives, 0 without one
     * @param whole whether the value leaves as it lies, every position of every row, so that
     *     nothing has to be selected
     */
    public record Tap(
            Site site,
            boolean pre,
            List<Integer> units,
            Pooling pooling,
            int likeliest,
            ElementType dtype,
            boolean whole) {
        public Tap {
            units = List.copyOf(units);
        }

        /** A tap of selected positions. */
        public Tap(
                Site site,
                boolean pre,
                List<Integer> units,
                Pooling pooling,
                int likeliest,
                ElementType dtype) {
            this(site, pre, units, pooling, likeliest, dtype, false);
        }

        /** The same of every position, if that is what it can be. */
        public Tap everywhere() {
            boolean can =
                    pooling == Pooling.NONE
                            && units.isEmpty()
                            && (site.layout() == Site.Layout.SEQUENCE
                                    || site.layout() == Site.Layout.FLAT);
            return can ? new Tap(site, pre, units, pooling, likeliest, dtype, true) : this;
        }
    }

    /** What is made of the selected positions of a tap. */
    public enum Pooling {
        NONE,
        MEAN,
        MAX,
        NORM,
        PROJECT,
        LENS
    }

    /** Which logits leave the graph. */
    public enum LogitsTap {
        NONE,
        /** One position of each row. */
        LAST,
        ALL
    }

    /**
     * One graph output for scalars of activations of one width: a row for each activation, the
     * scalars of its kind one after the other.
     *
     * @param sources in forward order, so that the output's rows lie in that order
     * @param scalars what is computed of every activation, never empty
     */
    public record Gauge(GaugeKind kind, int width, List<Source> sources, List<Scalar> scalars) {
        public Gauge {
            sources = List.copyOf(sources);
            scalars = List.copyOf(scalars);
        }
    }

    /** What the scalars of a gauge are taken of, since that decides how. */
    public enum GaugeKind {
        /** Of each activation by itself. */
        VALUE,
        /** Of each activation and a reference distribution. */
        DISTANCE,
        /** Of each activation before and after the edits at its site. */
        CHANGE
    }

    /**
     * Activations of one site.
     *
     * @param pre before the first edit at the site, else after the last
     * @param pooled whether each is the mean of several positions
     * @param rows which of the gauge's lists of positions; sources with the same ones share it
     */
    public record Source(Site site, boolean pre, boolean pooled, int rows) {}
}
