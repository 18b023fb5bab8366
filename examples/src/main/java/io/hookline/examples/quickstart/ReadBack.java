/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import io.hookline.schema.codec.SchemaException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads what the job writes until every event is accounted for. */
final class ReadBack {
    /** Longer than any restart of the job takes. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(90).toNanos();

    private static final long ALERT_PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    private final JobClient job;
    private final PrintStream err;
    private final boolean terminal;

    /**
     * A reading of that job's topics.
     *
     * @param err shows how far it is
     * @param terminal whether lines can be rewritten there
     */
    ReadBack(JobClient job, PrintStream err, boolean terminal) {
        this.job = job;
        this.err = err;
        this.terminal = terminal;
    }

    /**
     * Reads until all events have ended and all their records are here, and alerts had the time
     * that they may take.
     *
     * @return when the first events had ended, as {@link System#nanoTime} counts
     * @throws IOException when the job fails, or when nothing comes any more; the ledger then holds
     *     what came
     * @throws SchemaException when a record is not what its topic's schema says
     */
    long into(Ledger ledger, String brokers, List<Workload.Ask> asks)
            throws IOException, InterruptedException, SchemaException {
        try (TopicReader reader = new TopicReader(brokers, Ledger::isOutput);
                Waiting waiting = new Waiting(err, terminal)) {
            int events = asks.size();
            long moved = System.nanoTime();
            long first = 0;
            while (!ledger.isComplete(events)
                    || !reader.isAtEnd()
                    || waitsForAlerts(ledger, asks, moved)) {
                for (ConsumerRecord<String, byte[]> record : reader.poll()) {
                    ledger.enter(record);
                    moved = System.nanoTime();
                }
                first = first == 0 && ledger.ended() > 0 ? moved : first;
                waiting.at(
                        "%,d of %,d events, %,d activation records"
                                .formatted(ledger.ended(), events, ledger.records()));
                requireRunning();
                if (System.nanoTime() - moved > PATIENCE_NANOS) {
                    throw new IOException(
                            "nothing has come for %d s, with %d of %d events ended"
                                    .formatted(
                                            TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS),
                                            ledger.ended(),
                                            events));
                }
            }
            return first;
        }
    }

    /** An alert that has not come so long after the last record will not come. */
    private static boolean waitsForAlerts(Ledger ledger, List<Workload.Ask> asks, long moved) {
        return System.nanoTime() - moved < ALERT_PATIENCE_NANOS
                && AlertJudgement.of(asks, ledger).missed() > 0;
    }

    private void requireRunning() throws IOException, InterruptedException {
        try {
            if (job.getJobStatus().get(10, TimeUnit.SECONDS).isGloballyTerminalState()) {
                job.getJobExecutionResult().get(10, TimeUnit.SECONDS);
                throw new IOException("the job has ended by itself");
            }
        } catch (ExecutionException e) {
            throw new IOException("the job has failed: " + rootMessage(e), e);
        } catch (TimeoutException e) {
            throw new IOException("the job does not answer", e);
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
