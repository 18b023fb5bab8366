/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Site;

/** A change of an earlier step, laid out for a later pass that computes its positions again. */
final class Regrown {
    private Regrown() {}

    static Passes.Put put(Passes.Put put, Pass then, Pass now) {
        Site site = put.site();
        if (site.layout() == Site.Layout.POOLED) {
            return new Passes.Put(site, put.value(), put.changed(), false);
        }
        boolean attention = site.layout() == Site.Layout.ATTENTION;
        int planes = attention ? now.rows() * site.width() : now.rows();
        int before = attention ? then.keys() : site.width();
        int after = attention ? now.keys() : site.width();
        float[] value = new float[planes * now.tokens() * after];
        boolean[] changed = new boolean[value.length];
        for (int plane = 0; plane < planes; plane++) {
            for (int token = 0; token < then.tokens(); token++) {
                int from = (plane * then.tokens() + token) * before;
                int to = (plane * now.tokens() + token) * after;
                System.arraycopy(put.value(), from, value, to, before);
                System.arraycopy(put.changed(), from, changed, to, before);
            }
        }
        return new Passes.Put(site, value, changed, false);
    }
}
