/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The whole batch's value at a site while blocks read and change it. */
final class SiteValue {
    private final Site site;
    private final Pass pass;
    private final float @Nullable [] value;
    private boolean @Nullable [] changed;
    private final Map<Mediator, List<Tensor>> live = new HashMap<>();
    private boolean isChanged;

    /**
     * @param value null in a scan
     */
    SiteValue(Site site, Pass pass, float @Nullable [] value) {
        this.site = site;
        this.pass = pass;
        this.value = value;
    }

    /** Fills a promised tensor with the block's part. */
    void read(Mediator mediator, Tensor into) {
        into.fill(own(mediator.scope()));
        mediator.interleaver().filled(into);
        live.computeIfAbsent(mediator, m -> new ArrayList<>()).add(into);
    }

    private float @Nullable [] own(Scope scope) {
        return value == null ? null : scope.narrow(site, pass, value);
    }

    /** Makes a change that a block asked for. */
    void change(Mediator mediator, Request request) {
        if (request instanceof Request.Change change) {
            List<Tensor> views = live.getOrDefault(mediator, List.of());
            if (views.contains(change.through()) || !change.through().isFilled()) {
                put(mediator.scope(), change.where(), change.value());
                views.forEach(view -> view.put(change.where(), change.value()));
            } else {
                change.through().put(change.where(), change.value());
            }
        } else {
            live.remove(mediator);
            Tensor whole =
                    request instanceof Request.Replace replace
                            ? replace.value()
                            : ((Request.Skip) request).value();
            put(mediator.scope(), null, whole);
        }
    }

    private void put(Scope scope, @Nullable Selector where, Tensor with) {
        float[] batch = value;
        if (batch == null) {
            return;
        }
        int[] shape = scope.shape(site, pass);
        boolean[] marks = marks();
        if (where == null || where.isAll()) {
            float[] whole = Shapes.broadcast(with.values(), with.rawShape(), shape);
            scope.widen(site, pass, whole, batch);
            scope.mark(site, pass, null, marks);
        } else {
            float[] own = scope.narrow(site, pass, batch);
            boolean[] gate = new boolean[own.length];
            new Tensor(site.dtype(), shape, scope.lengths(pass), own).put(where, with);
            for (int index : Region.of(where, shape, scope.lengths(pass)).indices()) {
                gate[index] = true;
            }
            scope.widen(site, pass, own, batch);
            scope.mark(site, pass, gate, marks);
        }
        isChanged = true;
    }

    private boolean[] marks() {
        boolean[] marks = changed;
        if (marks == null) {
            marks = new boolean[value == null ? 0 : value.length];
            changed = marks;
        }
        return marks;
    }

    boolean isChanged() {
        return isChanged;
    }

    /**
     * What was made of it.
     *
     * @param everywhere whether the elements that nobody changed are the model's own
     */
    Passes.Put put(boolean everywhere) {
        return new Passes.Put(site, value == null ? new float[0] : value, marks(), everywhere);
    }
}
