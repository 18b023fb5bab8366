/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.InvocationSettings.Batching;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

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
        POLL_ALL
    }

    @Property
    void batcher_anyHistory_behavesAsListSearchedFromTheFront(
            @ForAll("steps") List<Step> steps,
            @ForAll @IntRange(min = 1, max = 5) int maxSize,
            @ForAll @IntRange(min = 0, max = 20) int maxWait) {
        Batcher<Item> batcher = new Batcher<>(new Batching(maxSize, Duration.ofMillis(maxWait)));
        List<Item> model = new ArrayList<>();
        long now = 0;
        int number = 0;
        for (Step step : steps) {
            switch (step.kind()) {
                case ADD -> {
                    Item item = new Item(new BatchKey("m", step.value() % 3), number++, now);
                    batcher.add(item.key(), item, now);
                    model.add(item);
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
                            .isEqualTo(expected(model, now, new Limits(maxSize, maxWait, all)));
                }
            }
            assertThat(batcher.size()).isEqualTo(model.size());
            assertThat(batcher.dueAt().stream().boxed().findFirst())
                    .isEqualTo(model.stream().map(i -> i.since() + maxWait).min(Long::compare));
        }
    }

    private record Limits(int maxSize, int maxWait, boolean all) {}

    private static Optional<Batcher.Batch<Item>> expected(
            List<Item> model, long now, Limits limits) {
        Set<BatchKey> due =
                model.stream()
                        .filter(
                                item ->
                                        limits.all()
                                                || now - item.since() >= limits.maxWait()
                                                || count(model, item.key()) >= limits.maxSize())
                        .map(Item::key)
                        .collect(Collectors.toSet());
        Optional<Item> oldest = model.stream().filter(item -> due.contains(item.key())).findFirst();
        return oldest.map(
                first -> {
                    List<Item> items =
                            model.stream()
                                    .filter(item -> item.key().equals(first.key()))
                                    .limit(limits.maxSize())
                                    .toList();
                    model.removeAll(items);
                    return new Batcher.Batch<>(items, now - first.since());
                });
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
                        Tuple.of(1, Kind.POLL_ALL));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, 12))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}
