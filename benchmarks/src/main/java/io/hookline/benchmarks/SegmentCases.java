/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.graph.FeedNames;
import io.hookline.model.ModelSignature;
import io.hookline.model.Site;
import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.plan.Structure.Pooling;
import io.hookline.plan.Structure.Tap;
import io.hookline.runtime.HostTensor;
import io.hookline.runtime.PassCuts;
import io.hookline.runtime.PassEngine;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.schema.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Passes that are cut where Java code could wait; the code hands every value on. */
final class SegmentCases {
    private static final int[] COUNTS = {1, 6, 12};
    private static final double GOAL = 0.9;

    private final Subject subject;
    private final ModelSignature signature;

    private SegmentCases(Subject subject) {
        this.subject = subject;
        this.signature = subject.runtime().info().signature();
    }

    /** The cases on a model. */
    static List<Case> of(Subject subject) {
        SegmentCases cases = new SegmentCases(subject);
        return Arrays.stream(COUNTS).mapToObj(cases::cut).toList();
    }

    private Case cut(int count) {
        PassEngine engine = subject.runtime().passes();
        PassCuts cuts = new PassCuts(subject.blocks().spread(count), value -> Optional.empty());
        Work work =
                () -> {
                    PassRequest request = request();
                    try (PassResult result = engine.run(request, cuts)) {
                        result.cache().ifPresent(PassEngine.KvCache::close);
                    }
                };
        return Case.throughput("segments-" + count, work, PassCases.BARE, GOAL);
    }

    /** What an idle pass is asked for, made anew as for every batch. */
    private PassRequest request() {
        List<HostTensor> feeds = new ArrayList<>();
        int tokens = subject.prompts().tokens();
        int[][] rows = subject.prompts().rows();
        feeds.add(perToken(signature.inputIds(), at -> rows[at / tokens][at % tokens]));
        signature.attentionMask().ifPresent(name -> feeds.add(perToken(name, at -> 1)));
        signature.positionIds().ifPresent(name -> feeds.add(perToken(name, at -> at % tokens)));
        signature.tokenTypeIds().ifPresent(name -> feeds.add(perToken(name, at -> 0)));
        int batch = subject.prompts().batch();
        if (subject.isDecoder()) {
            long[] last = LongStream.range(0, batch).map(row -> (row + 1) * tokens - 1).toArray();
            feeds.add(HostTensor.ofLongs(FeedNames.LOGITS_ROWS, new long[] {batch, 1}, last));
            Structure idle = new Structure(List.of(), List.of(), LogitsTap.LAST, false);
            return new PassRequest(idle, feeds, batch, Optional.empty());
        }
        List<Site> outputs = subject.blocks().outputs();
        Tap last =
                new Tap(
                        outputs.get(outputs.size() - 1),
                        false,
                        List.of(),
                        Pooling.NONE,
                        0,
                        ElementType.FLOAT32);
        long[] all = LongStream.range(0, (long) batch * tokens).toArray();
        feeds.add(HostTensor.ofLongs(FeedNames.tapRows(0), new long[] {all.length}, all));
        Structure idle = new Structure(List.of(), List.of(last), LogitsTap.NONE, false);
        return new PassRequest(idle, feeds, batch, Optional.empty());
    }

    private HostTensor perToken(String name, IntUnaryOperator value) {
        int batch = subject.prompts().batch();
        int tokens = subject.prompts().tokens();
        long[] values = IntStream.range(0, batch * tokens).mapToLong(value::applyAsInt).toArray();
        return HostTensor.ofLongs(name, new long[] {batch, tokens}, values);
    }
}
