/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.ModelSignature;
import io.hookline.model.Site;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.runtime.HostTensor;
import io.hookline.runtime.PassCuts;
import io.hookline.runtime.PassEngine;
import io.hookline.runtime.PassEngine.KvCache;
import io.hookline.runtime.PassEngine.KvRow;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.PassInterrupt.CutValue;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Runs the passes of a trace on an engine. Where blocks will wait is not known before they do: a
 * pass whose blocks ran before is cut where they waited then, in one go; where they wait elsewhere,
 * the pass goes on piece by piece from what is known so far. Owns the KV cache between passes.
 */
final class EnginePasses implements Passes {
    private final PassEngine engine;
    private final ModelSignature signature;
    private final Courses courses;
    private final List<PastPut> past = new ArrayList<>();
    private Optional<KvCache> cache = Optional.empty();

    /** A change made in an earlier step, for models that compute its positions again. */
    private record PastPut(Pass pass, Put put) {}

    /** Ends a pass in one go that does not go as it was expected to. */
    private static final class Elsewhere extends RuntimeException {
        private static final long serialVersionUID = 1;

        Elsewhere() {
            super("blocks wait elsewhere than before", null, false, false);
        }
    }

    EnginePasses(PassEngine engine, ModelSignature signature, Courses courses) {
        this.engine = engine;
        this.signature = signature;
        this.courses = courses;
    }

    @Override
    public Result run(Pass pass, Work work) {
        PassRun run = new PassRun(pass, work);
        Result result = run.expected().orElseGet(run::pieceByPiece);
        run.remember();
        return result;
    }

    /** One pass. */
    private final class PassRun {
        private final Pass pass;
        private final Work work;
        private final List<HostTensor> inputs;
        private final Map<Integer, Put> puts = new TreeMap<>();
        private final TreeSet<Site> cuts =
                new TreeSet<>(java.util.Comparator.comparingInt(Site::order));
        private final List<String> key;
        private final Set<Site> tapped = new HashSet<>();
        private List<Site> taps = List.of();

        PassRun(Pass pass, Work work) {
            this.pass = pass;
            this.work = work;
            this.inputs = TokenInputs.of(signature, pass, work);
            this.key = work.fingerprint();
            work.known().forEach(put -> puts.put(put.site().order(), put));
        }

        /** The pass in one go, if its blocks wait where they did before. */
        Optional<Result> expected() {
            Optional<Site> first = work.nextCut();
            Optional<Courses.Course> course = courses.find(key);
            if (first.isEmpty() || course.isEmpty() || !course.get().cuts().contains(first.get())) {
                return Optional.empty();
            }
            TreeSet<Site> wanted = new TreeSet<>(java.util.Comparator.comparingInt(Site::order));
            wanted.addAll(course.get().taps());
            // Who reads where the pass is cut has the value then.
            work.taps().stream()
                    .filter(site -> !course.get().cuts().contains(site))
                    .forEach(wanted::add);
            taps = List.copyOf(wanted);
            List<Site> sites =
                    course.get().cuts().stream()
                            .filter(site -> !puts.containsKey(site.order()))
                            .toList();
            tapped.addAll(taps);
            tapped.addAll(sites);
            PassFeeds feeds = feeds();
            try {
                PassResult result = engine.run(whole(feeds), new PassCuts(sites, this::interrupt));
                return Optional.of(finished(feeds, result));
            } catch (Elsewhere e) {
                return Optional.empty();
            } catch (RuntimeInferenceException e) {
                throw failed(e);
            }
        }

        private Optional<HostTensor> interrupt(CutValue value) {
            Site site = value.site();
            Optional<Site> next = work.nextCut();
            boolean early = next.isEmpty() ? !work.isStopped() : next.get().order() > site.order();
            if (early) {
                return Optional.empty();
            }
            if (work.isStopped() || !next.orElseThrow().equals(site)) {
                throw new Elsewhere();
            }
            Optional<Put> put = serve(site, value.floats());
            if (work.isStopped() || !work.isTapped(tapped)) {
                throw new Elsewhere();
            }
            return put.map(changed -> value.replacement(changed.value()));
        }

        private Result finished(PassFeeds feeds, PassResult result) {
            boolean complete = new HashSet<>(taps).containsAll(work.taps());
            if (work.nextCut().isPresent() || work.isStopped() || !complete) {
                result.cache().ifPresent(KvCache::close);
                throw new Elsewhere();
            }
            return result(feeds, result);
        }

        private Optional<Put> serve(Site site, float @Nullable [] value) {
            cuts.add(site);
            Optional<Put> put = work.serve(site, value);
            put.ifPresent(changed -> puts.put(site.order(), changed));
            return put;
        }

        /** The pass up to each place where somebody waits, and then as a whole. */
        Result pieceByPiece() {
            for (Optional<Site> next = work.nextCut(); next.isPresent(); next = work.nextCut()) {
                List<Site> sites = List.of(next.get());
                PassFeeds feeds = feeds();
                PassResult result = engineRun(feeds.request(sites, LogitsTap.NONE, false, cache));
                serve(next.get(), feeds.values(sites, result).get(next.get()));
            }
            taps = work.taps();
            PassFeeds feeds = feeds();
            if (taps.isEmpty() && !work.needsLogits()) {
                return new Result(Map.of(), null);
            }
            return result(feeds, engineRun(whole(feeds)));
        }

        private PassRequest whole(PassFeeds feeds) {
            return feeds.request(
                    taps,
                    work.needsLogits() ? LogitsTap.LAST : LogitsTap.NONE,
                    work.needsLogits() && work.continues() && !pass.recomputes(),
                    cache);
        }

        private Result result(PassFeeds feeds, PassResult result) {
            Map<Site, float[]> values = feeds.values(taps, result);
            if (!work.needsLogits()) {
                return new Result(values, null);
            }
            cache.ifPresent(KvCache::close);
            cache = result.cache();
            if (pass.step() == 0 && pass.isUneven()) {
                alignAtTheEnd(pass);
            }
            return new Result(values, feeds.logits(result.logits().orElseThrow()));
        }

        private PassFeeds feeds() {
            List<Put> all = new ArrayList<>();
            past.forEach(each -> all.add(Regrown.put(each.put(), each.pass(), pass)));
            all.addAll(puts.values());
            return new PassFeeds(pass, inputs, all);
        }

        void remember() {
            if (pass.recomputes()) {
                puts.values().forEach(put -> past.add(new PastPut(pass, put)));
            }
            if (!cuts.isEmpty() && !work.isStopped()) {
                courses.keep(key, new Courses.Course(List.copyOf(cuts), taps));
            }
        }
    }

    /** Moves each row's keys to the end of the cache, behind what shorter rows lack. */
    private void alignAtTheEnd(Pass pass) {
        if (cache.isEmpty()) {
            return;
        }
        try (KvCache padded = cache.get()) {
            cache = Optional.empty();
            List<KvRow> rows = new ArrayList<>();
            for (int row = 0; row < pass.rows(); row++) {
                rows.add(new KvRow(padded, row, 0, pass.prompts()[row]));
            }
            cache = Optional.of(engine.gather(rows));
        } catch (RuntimeInferenceException e) {
            throw failed(e);
        }
    }

    private PassResult engineRun(PassRequest request) {
        try {
            return engine.run(request);
        } catch (RuntimeInferenceException e) {
            throw failed(e);
        }
    }

    private static TraceException failed(RuntimeInferenceException e) {
        return new TraceException(ErrorCode.INFERENCE_FAILED, String.valueOf(e.getMessage()), e);
    }

    @Override
    public void close() {
        cache.ifPresent(KvCache::close);
        cache = Optional.empty();
    }
}
