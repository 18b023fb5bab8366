/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Code that runs in turns with its owner: exactly one of the two runs at any time. Has a thread to
 * itself from its first turn to its end, virtual where the JVM has such threads.
 */
final class Coroutine {
    /** A block that catches what ends it and asks again is given up after that many times. */
    private static final int PATIENCE = 1000;

    private final String name;
    private final Body body;
    private final Semaphore turn = new Semaphore(0);
    private final Semaphore back = new Semaphore(0);
    private volatile @Nullable Thread thread;
    private boolean started;
    private boolean ended;
    private @Nullable Throwable thrown;
    private @Nullable Throwable sentence;

    /** Code that may throw anything. */
    interface Body {
        void run() throws Exception;
    }

    Coroutine(String name, Body body) {
        this.name = name;
        this.body = body;
    }

    private void run() {
        thread = Thread.currentThread();
        try {
            body.run();
        } catch (Throwable e) {
            thrown = e;
        } finally {
            thread = null;
            ended = true;
            back.release();
        }
    }

    /** Called by the owner: lets the code run until it parks or ends. */
    void resume() {
        if (ended) {
            throw new IllegalStateException("the block has ended");
        }
        if (started) {
            turn.release();
        } else {
            started = true;
            Threads.start(name, this::run);
        }
        back.acquireUninterruptibly();
    }

    /** Called by the owner: lets what the code waits for fail with that. */
    void fail(Throwable with) {
        sentence = with;
        resume();
        sentence = null;
    }

    /** Called by the owner: ends the code, which sees the error wherever it waits. */
    void end(Error with) {
        if (!started) {
            ended = true;
        }
        for (int tries = 0; !ended; tries++) {
            if (tries == PATIENCE) {
                throw new IllegalStateException("a block of '" + name + "' can't be ended");
            }
            fail(with);
        }
    }

    /** Called by the code: gives the turn back and waits for the next. */
    void park() {
        back.release();
        turn.acquireUninterruptibly();
        Throwable with = sentence;
        if (with instanceof RuntimeException e) {
            // The line that waits is the one to show.
            e.fillInStackTrace();
            throw e;
        }
        if (with instanceof Error e) {
            throw e;
        }
    }

    /** Whether the calling thread is the code's own. */
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    boolean ended() {
        return ended;
    }

    /** What the code threw when it ended; null when it returned. */
    @Nullable Throwable thrown() {
        return thrown;
    }
}
