/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.budget;

import io.hookline.operator.BudgetStep;
import io.hookline.operator.InvocationSettings.Budget;
import io.hookline.program.EventHash;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.RecordId;
import io.hookline.schema.codec.SchemaException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.avro.specific.SpecificRecord;

/**
 * Keeps the activation records of a subtask within bytes per second, of the job, of each topic and
 * of each tenant. What would exceed them is made smaller step by step until it fits. It decides
 * when a record leaves, so that a record that has left stays as it was, whatever happens to the
 * task. Belongs to the task thread.
 */
public final class CaptureBudget {
    /** Topics, and tenants, whose buckets are remembered. */
    private static final int BUCKETS = 4_096;

    private final Budget budget;
    private final int parallelism;
    private final AvroFraming framing;
    private final BudgetMetrics metrics;
    private final Map<String, TokenBucket> topics = buckets();
    private final Map<String, TokenBucket> tenants = buckets();
    private final Map<String, TokenBucket> job = buckets();

    /**
     * @param parallelism how many subtasks share the budget
     */
    public CaptureBudget(
            Budget budget, int parallelism, AvroFraming framing, BudgetMetrics metrics) {
        this.budget = budget;
        this.parallelism = parallelism;
        this.framing = framing;
        this.metrics = metrics;
    }

    private static Map<String, TokenBucket> buckets() {
        return new LinkedHashMap<>(16, 0.75f, true);
    }

    /**
     * Whose records are counted.
     *
     * @param tenant empty for those of nobody in particular
     */
    public record Payer(String eventId, String tenant) {}

    /**
     * The envelope as it may leave now, or empty when it may not.
     *
     * @param losses what the event has lost so far; a result says so
     */
    public Optional<Envelope> pass(Envelope envelope, Payer payer, Losses losses, long now) {
        if (!budget.isLimited()) {
            return Optional.of(envelope);
        }
        if (envelope.destination() instanceof Destination.Activations) {
            return activation(envelope, payer, losses, now);
        }
        boolean says = envelope.destination() instanceof Destination.Results && !losses.isEmpty();
        return Optional.of(says ? result(envelope, losses) : envelope);
    }

    private Optional<Envelope> activation(Envelope envelope, Payer payer, Losses losses, long now) {
        List<TokenBucket> buckets = buckets(envelope, payer, now);
        int size = envelope.value().length;
        if (losses.isEmpty() && allow(buckets, size, now)) {
            return spent(envelope, buckets);
        }
        ActivationRecord record = decode(envelope, ActivationRecord.class);
        if (record.getChunkIndex() > 0) {
            boolean gone = losses.isGone(RecordId.of(record, 0).hex());
            return gone ? Optional.empty() : spent(envelope, buckets);
        }
        if (allow(buckets, size, now)) {
            return spent(envelope, buckets);
        }
        return narrowed(envelope, record, new Narrowed(payer, losses, buckets, now));
    }

    /** What narrowing an event's record has to know. */
    private record Narrowed(Payer payer, Losses losses, List<TokenBucket> buckets, long now) {}

    private Optional<Envelope> narrowed(
            Envelope envelope, ActivationRecord whole, Narrowed context) {
        ActivationRecord record = whole;
        Envelope smaller = envelope;
        List<BudgetStep> taken = new ArrayList<>();
        for (BudgetStep step : budget.steps()) {
            if (loses(step, context.payer())) {
                lost(envelope, whole, step, envelope.value().length, context.losses());
                context.losses().addGone(RecordId.of(whole, 0).hex());
                return Optional.empty();
            }
            Optional<ActivationRecord> next = Narrowing.narrowed(record, step);
            if (next.isPresent()) {
                record = next.get();
                smaller = encoded(envelope, record);
                taken.add(step);
                if (allow(context.buckets(), smaller.value().length, context.now())) {
                    break;
                }
            }
        }
        int saved = envelope.value().length - smaller.value().length;
        for (int i = 0; i < taken.size(); i++) {
            lost(envelope, whole, taken.get(i), i == 0 ? saved : 0, context.losses());
        }
        return spent(smaller, context.buckets());
    }

    private boolean loses(BudgetStep step, Payer payer) {
        return step == BudgetStep.DROP
                || (step == BudgetStep.SAMPLE
                        && !EventHash.selects(payer.eventId(), budget.sampleShare()));
    }

    private void lost(
            Envelope envelope,
            ActivationRecord record,
            BudgetStep step,
            long saved,
            Losses losses) {
        losses.add(record.getCache(), step);
        metrics.lost(envelope.key(), step, saved);
    }

    private List<TokenBucket> buckets(Envelope envelope, Payer payer, long now) {
        List<TokenBucket> found = new ArrayList<>(3);
        add(found, job, budget.job(), "", now);
        add(found, topics, budget.topic(), envelope.key(), now);
        add(found, tenants, budget.tenant(), payer.tenant(), now);
        return found;
    }

    private void add(
            List<TokenBucket> to,
            Map<String, TokenBucket> all,
            OptionalLong bytesPerSecond,
            String name,
            long now) {
        if (bytesPerSecond.isEmpty()) {
            return;
        }
        double rate = (double) bytesPerSecond.getAsLong() / parallelism;
        double capacity = rate * (double) budget.burst().toMillis() / 1000;
        to.add(all.computeIfAbsent(name, first -> new TokenBucket(rate, capacity, now)));
        if (all.size() > BUCKETS) {
            all.remove(all.keySet().iterator().next());
        }
    }

    private static boolean allow(List<TokenBucket> buckets, long bytes, long now) {
        boolean allowed = true;
        for (TokenBucket bucket : buckets) {
            allowed &= bucket.allows(bytes, now);
        }
        return allowed;
    }

    private static Optional<Envelope> spent(Envelope envelope, List<TokenBucket> buckets) {
        buckets.forEach(bucket -> bucket.spend(envelope.value().length));
        return Optional.of(envelope);
    }

    private Envelope result(Envelope envelope, Losses losses) {
        InvocationResult result = decode(envelope, InvocationResult.class);
        List<String> omitted = new ArrayList<>(result.getOmitted());
        omitted.addAll(losses.described());
        Map<String, Long> counts = new LinkedHashMap<>(result.getRecordCounts());
        losses.missing()
                .forEach(
                        (cache, missing) ->
                                counts.computeIfPresent(
                                        cache, (name, count) -> Math.max(0, count - missing)));
        InvocationResult marked = Copies.of(result, new InvocationResult());
        marked.put("omitted", omitted);
        marked.put("recordCounts", counts);
        return encoded(envelope, marked);
    }

    private <T extends SpecificRecord> T decode(Envelope envelope, Class<T> type) {
        try {
            return framing.decode(envelope.value(), type);
        } catch (SchemaException ownRecord) {
            throw new IllegalStateException("a record that was just written is broken", ownRecord);
        }
    }

    private Envelope encoded(Envelope envelope, SpecificRecord record) {
        return new Envelope(
                envelope.destination(),
                envelope.key(),
                envelope.spread(),
                framing.encode(record),
                envelope.headers());
    }
}
