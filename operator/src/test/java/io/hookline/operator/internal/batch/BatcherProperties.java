/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.InvocationSettings.Batching;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The batcher against a list that is searched from the front. */
class BatcherProperties {
    private record Item(BatchKey key, int number, long since) {}

    /** One thing that happens: an item of that length arrives, leaves, time passes, or a poll. */
    record Step(Kind kind, int value) {}

    enum Kind {
        ADD,
        REMOVE,
        WAIT,
        POLL,
        POLL_ALL,
        RAN
    }

    @Property
    void batcher_anyHistory_behavesAsListSearchedFromTheFront(
            @ForAll("steps") List<Step> steps,
            @ForAll @IntRange(min = 1, max = 5) int maxSize,
            @ForAll @IntRange(min = 0, max = 20) int maxWait) {
        Batching batching =
                new Batching(
                        maxSize, Duration.ofMillis(maxWait), Optional.of(Duration.ofMillis(10)), 0);
        Batcher<Item> batcher = new Batcher<>(batching);
        List<Item> model = new ArrayList<>();
        Map<BatchKey, BatchFlow> flows = new HashMap<>();
        long now = 0;
        int number = 0;
        for (Step step : steps) {
            switch (step.kind()) {
                case ADD -> {
                    Item item = new Item(new BatchKey("m", step.value() % 3), number++, now);
                    batcher.add(item.key(), item, new Extent(1, 7, 7), now);
                    model.add(item);
                    flows.computeIfAbsent(item.key(), key -> new BatchFlow(batching)).arrived(now);
                }
                case REMOVE -> {
                    if (!model.isEmpty()) {
                        Item item = model.remove(step.value() % model.size());
                        assertThat(batcher.remove(item.key(), item)).isTrue();
                        assertThat(batcher.remove(item.key(), item)).isFalse();
                    }
                }
                case WAIT -> now += step.value();
                case POLL, POLL_ALL -> {
                    boolean all = step.kind() == Kind.POLL_ALL;
                    assertThat(batcher.poll(now, all))
                            .isEqualTo(expected(model, now, new Limits(flows, maxWait, all)));
                }
                case RAN -> {
                    BatchKey key = new BatchKey("m", step.value() % 3);
                    flows.computeIfAbsent(key, absent -> new BatchFlow(batching))
                            .ran(2, step.value() * 3L);
                    batcher.ran(key, 2, step.value() * 3L);
                }
            }
            assertThat(batcher.size()).isEqualTo(model.size());
            assertThat(batcher.dueAt().stream().boxed().findFirst())
                    .isEqualTo(model.stream().map(i -> i.since() + maxWait).min(Long::compare));
        }
    }

    /** One prompt that waits. */
    private record Prompt(int number, Extent extent) {}

    @Property
    void batches_ofAnyLengths_arePaddedLittleAndOfNeighbours(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 30) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 8) int maxSize,
            @ForAll @DoubleRange(max = 0.9) double maxPadding) {
        Batcher<Prompt> batcher =
                new Batcher<>(new Batching(maxSize, Duration.ZERO, Optional.empty(), maxPadding));
        BatchKey key = BatchKey.anyLength("m");
        List<Prompt> waiting = new ArrayList<>();
        for (int length : lengths) {
            Prompt prompt = new Prompt(waiting.size(), new Extent(1, length, length));
            waiting.add(prompt);
            batcher.add(key, prompt, prompt.extent(), 0);
        }
        while (!waiting.isEmpty()) {
            List<Prompt> batch = batcher.poll(0, false).orElseThrow().items();
            assertThat(batch.size()).isBetween(1, maxSize);
            Extent extent = extent(batch);
            assertThat(extent.padding()).isLessThanOrEqualTo(maxPadding);
            assertThat(batch).as("whoever came first goes first").contains(waiting.get(0));
            assertThat(waiting).containsAll(batch);
            waiting.removeAll(batch);
            assertThat(batch.stream().map(prompt -> prompt.extent().longest())).isSorted();
            int shortest = batch.get(0).extent().longest();
            for (Prompt other : waiting) {
                int length = other.extent().longest();
                assertThat(length > shortest && length < extent.longest())
                        .as("no length between is left out: %s of %s", length, batch)
                        .isFalse();
                if (batch.size() < maxSize) {
                    assertThat(extent.and(other.extent()).padding())
                            .as("another one would have been too much padding")
                            .isGreaterThan(maxPadding);
                }
            }
        }
        assertThat(batcher.size()).isZero();
    }

    private static Extent extent(List<Prompt> batch) {
        return batch.stream().map(Prompt::extent).reduce(Extent.NONE, Extent::and);
    }

    @Example
    void fullBatch_ofOtherLengths_doesNotWaitForTheOldest() {
        Batcher<Integer> batcher =
                new Batcher<>(new Batching(3, Duration.ofSeconds(1), Optional.empty(), 0.1));
        BatchKey key = BatchKey.anyLength("m");
        batcher.add(key, 0, new Extent(1, 3, 3), 0);
        batcher.add(key, 1, new Extent(1, 30, 30), 0);
        batcher.add(key, 2, new Extent(1, 29, 29), 0);
        assertThat(batcher.poll(0, false)).isEmpty();
        batcher.add(key, 3, new Extent(1, 28, 28), 0);
        assertThat(batcher.poll(0, false).orElseThrow().items()).containsExactly(3, 2, 1);
        assertThat(batcher.poll(0, false)).isEmpty();
        assertThat(batcher.poll(1_000, false).orElseThrow().items()).containsExactly(0);
    }

    @Example
    void item_thatComesBack_isDueAtOnceAndFirst() {
        Batcher<Integer> batcher =
                new Batcher<>(new Batching(2, Duration.ofSeconds(1), Optional.empty(), 0));
        BatchKey key = new BatchKey("m", 4);
        batcher.add(key, 0, new Extent(1, 4, 4), 0);
        batcher.addAgain(key, 1, new Extent(1, 4, 4), 0);
        assertThat(batcher.dueAt()).hasValue(0);
        assertThat(batcher.poll(0, false).orElseThrow().items()).containsExactly(1, 0);
    }

    private record Limits(Map<BatchKey, BatchFlow> flows, int maxWait, boolean all) {
        int target(BatchKey key) {
            return flows.get(key).target();
        }

        /** Whether whoever came first of a key has waited enough. */
        boolean waited(Item first, long now) {
            long until = first.since() + maxWait;
            return now >= until || !flows.get(first.key()).isExpected(until);
        }
    }

    private static Optional<Batcher.Batch<Item>> expected(
            List<Item> model, long now, Limits limits) {
        Set<BatchKey> due =
                model.stream()
                        .filter(
                                item ->
                                        limits.all()
                                                || limits.waited(first(model, item.key()), now)
                                                || count(model, item.key())
                                                        >= limits.target(item.key()))
                        .map(Item::key)
                        .collect(Collectors.toSet());
        Optional<Item> oldest = model.stream().filter(item -> due.contains(item.key())).findFirst();
        return oldest.map(
                first -> {
                    List<Item> items =
                            model.stream()
                                    .filter(item -> item.key().equals(first.key()))
                                    .limit(limits.target(first.key()))
                                    .toList();
                    model.removeAll(items);
                    return new Batcher.Batch<>(first.key(), items, now - first.since());
                });
    }

    private static Item first(List<Item> model, BatchKey key) {
        return model.stream().filter(item -> item.key().equals(key)).findFirst().orElseThrow();
    }

    private static long count(List<Item> model, BatchKey key) {
        return model.stream().filter(item -> item.key().equals(key)).count();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds =
                Arbitraries.frequency(
                        Tuple.of(6, Kind.ADD),
                        Tuple.of(1, Kind.REMOVE),
                        Tuple.of(2, Kind.WAIT),
                        Tuple.of(3, Kind.POLL),
                        Tuple.of(1, Kind.POLL_ALL),
                        Tuple.of(1, Kind.RAN));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, 12))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}
