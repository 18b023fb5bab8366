/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Site;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One step of a run: serves the blocks in one forward pass and fills what they only read. */
final class StepRun implements Passes.Work {
    private final Interleaver run;
    private final Pass pass;
    private final KnownChanges known;
    private final Set<CacheRecorder> tappedCaches = new HashSet<>();

    /** A request that the model has to pause for, or that ends the run. */
    private record Need(@Nullable Site site, Request request) {
        boolean isStop() {
            return request instanceof Request.Stop;
        }
    }

    StepRun(Interleaver run, Pass pass) {
        this.run = run;
        this.pass = pass;
        this.known = KnownChanges.of(run, pass);
    }

    void run(Passes passes) {
        Passes.Result result = passes.run(pass, this);
        finish(result.taps());
        float[][] logits = result.logits();
        if (logits != null && !run.isStopped()) {
            run.batcher().append(logits, pass);
        }
    }

    @Override
    public List<String> fingerprint() {
        List<String> parts = new ArrayList<>();
        parts.add(pass.step() == 0 ? "first" : "later");
        run.mediators().forEach(mediator -> parts.add(mediator.blockName()));
        return parts;
    }

    @Override
    public int token(int row, int position) {
        return run.batcher().token(row, position);
    }

    @Override
    public List<Passes.Put> known() {
        return known.puts();
    }

    @Override
    public Optional<Site> nextCut() {
        if (run.isStopped()) {
            return Optional.empty();
        }
        Need next = null;
        for (Mediator mediator : run.mediators()) {
            for (Request request : mediator.queue()) {
                if (!run.isReachable(mediator, request, pass)) {
                    break;
                }
                if (isNeeded(request) && (next == null || isBefore(request, next.request()))) {
                    next = new Need(request.site(), request);
                }
            }
        }
        if (next != null && next.isStop()) {
            Visit end = next.request().visit();
            run.moveTo(end.compareTo(run.position()) > 0 ? end : run.position());
            run.stop();
            return Optional.empty();
        }
        return Optional.ofNullable(next).map(Need::site);
    }

    /** At one place, a stop comes last. */
    private static boolean isBefore(Request request, Request other) {
        int order = Integer.compare(request.visit().order(), other.visit().order());
        return order < 0
                || (order == 0
                        && other instanceof Request.Stop
                        && !(request instanceof Request.Stop));
    }

    private boolean isNeeded(Request request) {
        return request instanceof Request.Stop
                || (request instanceof Request.Read read
                        ? run.isAwaited(read.into())
                        : !known.holds(request.site()));
    }

    /** What a block asked for in this step, up to what never comes. */
    private List<Request> reachable(Mediator mediator) {
        List<Request> reachable = new ArrayList<>();
        for (Request request : mediator.queue()) {
            if (!run.isReachable(mediator, request, pass)) {
                break;
            }
            reachable.add(request);
        }
        return reachable;
    }

    @Override
    public Optional<Passes.Put> serve(Site site, float @Nullable [] batch) {
        SiteValue value = new SiteValue(site, pass, batch);
        if (site.order() < run.position().order()) {
            for (Mediator mediator : run.mediators()) {
                take(mediator, site, Request.Read.class)
                        .forEach(read -> value.read(mediator, read.into()));
            }
            run.settle(null);
            return Optional.empty();
        }
        run.moveTo(Visit.of(pass.step(), site, run.modules().sites(site.point()).size()));
        run.countCut();
        for (Mediator mediator : run.mediators()) {
            take(mediator, site, Request.Skip.class).forEach(skip -> value.change(mediator, skip));
        }
        run.settle(mediator -> serve(mediator, site, value));
        return value.isChanged() ? Optional.of(value.put(true)) : Optional.empty();
    }

    private boolean serve(Mediator mediator, Site site, SiteValue value) {
        List<Request> here = take(mediator, site, Request.class);
        for (Request request : here) {
            if (request instanceof Request.Read read) {
                value.read(mediator, read.into());
            } else if (request instanceof Request.Stop) {
                run.stop();
            } else {
                value.change(mediator, request);
            }
        }
        return !here.isEmpty();
    }

    private <T extends Request> List<T> take(Mediator mediator, Site site, Class<T> type) {
        List<T> taken = new ArrayList<>();
        Iterator<Request> each = mediator.queue().iterator();
        while (each.hasNext()) {
            Request request = each.next();
            if (!run.isReachable(mediator, request, pass)) {
                break;
            }
            if (type.isInstance(request) && site.equals(request.site())) {
                taken.add(type.cast(request));
                each.remove();
                mediator.served(request);
            }
        }
        return taken;
    }

    @Override
    public boolean isStopped() {
        return run.isStopped();
    }

    @Override
    public List<Site> taps() {
        Set<Site> taps = new TreeSet<>(Comparator.comparingInt(Site::order));
        for (Mediator mediator : run.mediators()) {
            reachable(mediator).stream()
                    .filter(Request.Read.class::isInstance)
                    .map(Request::site)
                    .filter(site -> site != null && isPassed(site))
                    .forEach(taps::add);
            for (CacheRecorder cache : mediator.caches()) {
                cache.sites().stream().filter(this::isPassed).forEach(taps::add);
            }
        }
        return List.copyOf(taps);
    }

    @Override
    public boolean isTapped(Set<Site> tapped) {
        for (Mediator mediator : run.mediators()) {
            for (Request request : mediator.queue()) {
                if (!run.isReachable(mediator, request, pass)) {
                    break;
                }
                Site site = request.site();
                if (request instanceof Request.Read && site != null && !tapped.contains(site)) {
                    return false;
                }
            }
            for (CacheRecorder cache : mediator.caches()) {
                if (!tappedCaches.contains(cache) && !tapped.containsAll(cache.sites())) {
                    return false;
                }
                tappedCaches.add(cache);
            }
        }
        return true;
    }

    /** Whether the model gets to a site before a stop. */
    private boolean isPassed(Site site) {
        return !run.isStopped() || site.order() <= run.position().order();
    }

    @Override
    public boolean needsLogits() {
        return run.generates() && !run.isStopped();
    }

    @Override
    public boolean continues() {
        return !run.isStopped() && pass.step() + 1 < run.steps();
    }

    private void finish(Map<Site, float[]> taps) {
        for (Site site : taps()) {
            SiteValue value = new SiteValue(site, pass, taps.get(site));
            for (Mediator mediator : run.mediators()) {
                take(mediator, site, Request.Read.class)
                        .forEach(read -> value.read(mediator, read.into()));
                mediator.caches().forEach(cache -> record(cache, site, taps.get(site)));
            }
        }
        run.mediators().forEach(this::dropKnown);
    }

    /** Takes out what was in the graph from the start. */
    private void dropKnown(Mediator mediator) {
        Iterator<Request> each = mediator.queue().iterator();
        while (each.hasNext()) {
            Request request = each.next();
            Site site = request.site();
            if (!run.isReachable(mediator, request, pass)) {
                return;
            }
            if (site != null && known.holds(site) && isPassed(site)) {
                each.remove();
                mediator.served(request);
            }
        }
    }

    private void record(CacheRecorder cache, Site site, float @Nullable [] batch) {
        int visits = run.modules().sites(site.point()).size();
        Visit visit = Visit.of(pass.step(), site, visits);
        Scope scope = cache.scope();
        if (!cache.wants(site) || run.isSkipped(scope, visit) || pass.isEnded(scope)) {
            return;
        }
        cache.record(
                site,
                pass.step() * visits + site.visit(),
                new Tensor(
                        site.dtype(),
                        scope.shape(site, pass),
                        scope.lengths(pass),
                        batch == null ? null : scope.narrow(site, pass, batch)));
    }
}
