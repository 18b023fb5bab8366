/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

/**
 * Lets work in until it is shut, which waits for the work that is inside and is not kept waiting by
 * more. Work inside may start further work, on any thread, and is told when that comes too late.
 */
final class Gate {
    private int inside;
    private boolean shut;

    /** Lets one in, who leaves again; false once the gate is being shut. */
    synchronized boolean enter() {
        if (shut) {
            return false;
        }
        inside++;
        return true;
    }

    /** Lets one out. */
    synchronized void leave() {
        inside--;
        notifyAll();
    }

    /** Shuts the gate and waits until nobody is inside; true for the first who does. */
    synchronized boolean shut() {
        boolean first = !shut;
        shut = true;
        boolean interrupted = false;
        while (inside > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return first;
    }
}
