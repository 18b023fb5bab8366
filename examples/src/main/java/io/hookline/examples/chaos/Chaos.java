/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.hookline.examples.models.HooklineHome;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * One run: events flow, processes are killed, and in the end every event is looked for.
 *
 * @param perSecond events
 * @param folder for everything that the processes write
 */
record Chaos(
        List<KillPlan.Kill> plan,
        int perSecond,
        Scene.Recovery recovery,
        String model,
        Path folder) {
    /** Longer than anything that ends well takes, on a machine that is busy with other things. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final String EVENTS = "events";

    /** What should have come and has not. */
    private static final class TimeoutException extends IOException {
        private static final long serialVersionUID = 1L;

        TimeoutException(String message) {
            super(message);
        }
    }

    /** What may become true later. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    /** Runs it and tells how it goes. */
    Outcome run(HooklineHome home, PrintStream out) throws Exception {
        long begun = System.nanoTime();
        try (Scene scene = Scene.open(home, folder, recovery, model)) {
            say(
                    out,
                    "broker, JobManager and 2 TaskManagers run as processes, after %.1f s",
                    secondsSince(begun));
            until(
                    scene,
                    "the job has made its topics",
                    () -> topics(scene).contains(Tally.RESULTS));
            Tally tally = new Tally();
            try (EventFlow flow = new EventFlow(scene.brokers(), EVENTS, perSecond);
                    TallyReader reader = new TallyReader(scene.brokers(), tally)) {
                flow.start();
                reader.start();
                until(scene, "the first event has ended", () -> tally.ended() > 0);
                say(out, "first result after %.1f s", secondsSince(begun));
                int events = killAndCount(scene, flow, tally, out);
                reader.requireReading();
                return Outcome.of(plan.size(), events, tally, reader.longestGap());
            }
        }
    }

    /** How many events there are. What does not come in time is for the outcome to say. */
    private int killAndCount(Scene scene, EventFlow flow, Tally tally, PrintStream out)
            throws IOException, InterruptedException {
        try {
            killAll(scene, flow, tally, out);
            int events = flow.end();
            until(scene, "all events have ended", () -> tally.isComplete(events));
            return events;
        } catch (TimeoutException e) {
            say(out, "%s", String.valueOf(e.getMessage()));
            return flow.end();
        }
    }

    private void killAll(Scene scene, EventFlow flow, Tally tally, PrintStream out)
            throws IOException, InterruptedException {
        int number = 0;
        for (KillPlan.Kill kill : plan) {
            number++;
            Thread.sleep(kill.pause().toMillis());
            long killed = System.nanoTime();
            kill.victim().kill(scene);
            int sent = flow.acknowledged();
            Thread.sleep(kill.down().toMillis());
            kill.victim().restart(scene);
            String then = "the next one at once";
            if (number == plan.size() || !plan.get(number).duringRecovery()) {
                until(scene, "an event sent after a kill has ended", () -> tally.ended() > sent);
                then = "results again after %.1f s".formatted(secondsSince(killed));
            }
            say(out, "kill %d of %d: %s; %s", number, plan.size(), kill.victim(), then);
        }
    }

    private static Set<String> topics(Scene scene) throws IOException, InterruptedException {
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, scene.brokers()))) {
            return admin.listTopics().names().get();
        } catch (ExecutionException e) {
            throw new IOException("topics can't be listed", e);
        }
    }

    /** Waits until it holds. When it never does, the run has failed, and counting is over. */
    private static void until(Scene scene, String what, Condition condition)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            scene.requireRunning();
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(
                        "not within %d s: %s".formatted(PATIENCE.toSeconds(), what));
            }
            Thread.sleep(LOOK_EVERY.toMillis());
        }
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    @FormatMethod
    private static void say(PrintStream out, @FormatString String text, Object... values) {
        out.printf("  " + text + "%n", values);
    }
}
