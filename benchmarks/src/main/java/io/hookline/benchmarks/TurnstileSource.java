/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.util.function.SerializableFunction;

/**
 * What each number stands for, as soon as a turnstile lets the number in. Numbers are split as
 * Flink's own source of them does.
 */
final class TurnstileSource<T>
        implements Source<T, NumberSequenceSplit, Collection<NumberSequenceSplit>>,
                ResultTypeQueryable<T> {
    private static final long serialVersionUID = 1;

    private final NumberSequenceSource numbers = new NumberSequenceSource(0, Long.MAX_VALUE - 1);
    private final String turnstile;
    private final SerializableFunction<Long, T> made;
    private final TypeInformation<T> type;

    TurnstileSource(String turnstile, SerializableFunction<Long, T> made, TypeInformation<T> type) {
        this.turnstile = turnstile;
        this.made = made;
        this.type = type;
    }

    @Override
    public SourceReader<T, NumberSequenceSplit> createReader(SourceReaderContext context) {
        return new Reader<>(Turnstile.of(turnstile), made, context);
    }

    private static final class Reader<T> implements SourceReader<T, NumberSequenceSplit> {
        private final Turnstile turnstile;
        private final SerializableFunction<Long, T> made;
        private final SourceReaderContext context;
        private final Queue<NumberSequenceSplit> splits = new ArrayDeque<>();
        private long next;

        Reader(
                Turnstile turnstile,
                SerializableFunction<Long, T> made,
                SourceReaderContext context) {
            this.turnstile = turnstile;
            this.made = made;
            this.context = context;
        }

        @Override
        public void start() {
            context.sendSplitRequest();
        }

        @Override
        public InputStatus pollNext(ReaderOutput<T> output) {
            if (!turnstile.isOpen(next) || splits.isEmpty()) {
                return InputStatus.NOTHING_AVAILABLE;
            }
            output.collect(made.apply(next++));
            return InputStatus.MORE_AVAILABLE;
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return turnstile.opens(next);
        }

        @Override
        public void addSplits(List<NumberSequenceSplit> added) {
            added.forEach(split -> next = split.from());
            splits.addAll(added);
        }

        @Override
        public List<NumberSequenceSplit> snapshotState(long checkpoint) {
            List<NumberSequenceSplit> left = new ArrayList<>();
            splits.forEach(
                    split -> left.add(new NumberSequenceSplit(split.splitId(), next, split.to())));
            return left;
        }

        @Override
        public void notifyNoMoreSplits() {}

        @Override
        public void close() {}
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> createEnumerator(
            SplitEnumeratorContext<NumberSequenceSplit> context) {
        return numbers.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> restoreEnumerator(
            SplitEnumeratorContext<NumberSequenceSplit> context,
            Collection<NumberSequenceSplit> checkpoint) {
        return numbers.restoreEnumerator(context, checkpoint);
    }

    @Override
    public SimpleVersionedSerializer<NumberSequenceSplit> getSplitSerializer() {
        return numbers.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Collection<NumberSequenceSplit>>
            getEnumeratorCheckpointSerializer() {
        return numbers.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return type;
    }
}
