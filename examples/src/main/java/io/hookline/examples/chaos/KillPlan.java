/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Who is killed when: the same for the same seed. Nobody is spared for long. */
final class KillPlan {
    private static final List<Victim> ALL =
            List.of(
                    new Victim.JobManager(),
                    new Victim.TaskManager(0),
                    new Victim.Broker(),
                    new Victim.TaskManager(1));

    private static final int LONGEST_PAUSE_MS = 3_000;
    private static final int LONGEST_DOWN_MS = 2_000;
    private static final int ONE_OF_SO_MANY_AT_ONCE = 4;

    private KillPlan() {}

    /**
     * One kill.
     *
     * @param duringRecovery whether it does not wait until the job has recovered from the one
     *     before
     * @param pause how long to wait before it
     * @param down how long the process stays away
     */
    record Kill(Victim victim, boolean duringRecovery, Duration pause, Duration down) {
        /** The same, but that a broker stays away for at least so long. */
        Kill withOutage(Duration least) {
            return victim instanceof Victim.Broker && down.compareTo(least) < 0
                    ? new Kill(victim, duringRecovery, pause, least)
                    : this;
        }
    }

    /** That many kills. */
    static List<Kill> of(int kills, long seed) {
        Random random = new Random(seed);
        List<Victim> deck = new ArrayList<>();
        List<Kill> plan = new ArrayList<>();
        while (plan.size() < kills) {
            if (deck.isEmpty()) {
                deck.addAll(ALL);
                Collections.shuffle(deck, random);
            }
            plan.add(
                    new Kill(
                            deck.remove(0),
                            random.nextInt(ONE_OF_SO_MANY_AT_ONCE) == 0,
                            Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MS)),
                            Duration.ofMillis(random.nextInt(LONGEST_DOWN_MS))));
        }
        return plan;
    }
}
