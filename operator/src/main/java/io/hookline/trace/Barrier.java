/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.schema.ErrorCode;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A place where blocks of one trace wait for each other. It opens when as many different blocks
 * have come as it waits for, within the visit at which the last one came, and can then be used
 * again.
 */
public final class Barrier {
    private final int count;
    private Rendezvous open;

    /** Blocks that meet once. */
    static final class Rendezvous {
        private final int count;
        private final Set<Mediator> arrived = new LinkedHashSet<>();
        private boolean over;

        private Rendezvous(int count) {
            this.count = count;
        }

        boolean isOver() {
            return over;
        }

        /** What to say when the run ends while blocks wait here. */
        String unmet() {
            return "a barrier of %d was never reached by every block it waits for, only by %s: check the count it was created with"
                    .formatted(
                            count,
                            String.join(", ", arrived.stream().map(Mediator::name).toList()));
        }
    }

    Barrier(int count) {
        if (count < 1) {
            throw new TraceException(
                    ErrorCode.MALFORMED_EVENT,
                    "a barrier waits for at least 1 block, got " + count);
        }
        this.count = count;
        this.open = new Rendezvous(count);
    }

    /** How many blocks it waits for. */
    public int count() {
        return count;
    }

    /**
     * Waits in a block until the others have come.
     *
     * @throws TraceException with {@code BARRIER_UNMET} when the run ends before that
     */
    public void await() {
        Mediator mediator = Mediator.current("a barrier");
        Rendezvous mine = open;
        mine.arrived.add(mediator);
        if (mine.arrived.size() == count) {
            open = new Rendezvous(count);
            mine.over = true;
            Mediator.meet(mine.arrived);
        }
        mediator.await(new Wait.Others(mine));
    }
}
