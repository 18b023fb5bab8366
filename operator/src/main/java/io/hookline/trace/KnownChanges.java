/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Site;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Changes that need no pause of the model: their values are known before the pass, and they lie
 * before the first place where a block can go on, so that nobody can ask for anything there any
 * more.
 */
final class KnownChanges {
    private final Interleaver run;
    private final Pass pass;
    private final Set<Site> sites = new HashSet<>();
    private final List<Passes.Put> puts = new ArrayList<>();

    /** A request and whose it is. */
    private record Asked(Mediator mediator, Request request) {}

    private KnownChanges(Interleaver run, Pass pass) {
        this.run = run;
        this.pass = pass;
    }

    static KnownChanges of(Interleaver run, Pass pass) {
        KnownChanges known = new KnownChanges(run, pass);
        int first = known.firstWait();
        for (Site site : known.changedBefore(first)) {
            List<Asked> asked = known.at(site);
            if (isPlain(asked)) {
                known.add(site, asked);
            }
        }
        return known;
    }

    List<Passes.Put> puts() {
        return puts;
    }

    boolean holds(@Nullable Site site) {
        return site != null && sites.contains(site);
    }

    private List<Asked> all() {
        List<Asked> all = new ArrayList<>();
        for (Mediator mediator : run.mediators()) {
            for (Request request : mediator.queue()) {
                if (!run.isReachable(mediator, request, pass)) {
                    break;
                }
                all.add(new Asked(mediator, request));
            }
        }
        return all;
    }

    private int firstWait() {
        return all().stream()
                .map(Asked::request)
                .filter(
                        request ->
                                request instanceof Request.Stop
                                        || (request instanceof Request.Read read
                                                && run.isAwaited(read.into())))
                .mapToInt(request -> request.visit().order())
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    private Set<Site> changedBefore(int order) {
        Set<Site> changed = new TreeSet<>(Comparator.comparingInt(Site::order));
        for (Asked asked : all()) {
            Site site = asked.request().site();
            if (site != null
                    && site.order() < order
                    && !(asked.request() instanceof Request.Read)) {
                changed.add(site);
            }
        }
        return changed;
    }

    private List<Asked> at(Site site) {
        return all().stream().filter(asked -> site.equals(asked.request().site())).toList();
    }

    /** Whether no read would see a value that is neither the first nor the last. */
    private static boolean isPlain(List<Asked> asked) {
        boolean read = asked.stream().anyMatch(each -> each.request() instanceof Request.Read);
        boolean replaced =
                asked.stream()
                        .map(Asked::request)
                        .anyMatch(r -> r instanceof Request.Replace || r instanceof Request.Skip);
        long blocks = asked.stream().map(Asked::mediator).distinct().count();
        return !read || (!replaced && blocks == 1);
    }

    private void add(Site site, List<Asked> asked) {
        SiteValue value = new SiteValue(site, pass, new float[Shapes.size(pass.shape(site))]);
        asked.stream()
                .filter(each -> each.request() instanceof Request.Skip)
                .forEach(each -> value.change(each.mediator(), each.request()));
        asked.stream()
                .filter(
                        each ->
                                each.request() instanceof Request.Change
                                        || each.request() instanceof Request.Replace)
                .forEach(each -> value.change(each.mediator(), each.request()));
        sites.add(site);
        puts.add(value.put(false));
    }
}
