/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

/** How many hold a thing that the last of them closes. Starts with its owner. Thread-safe. */
final class Holders {
    private int count = 1;

    /** Adds one; false when the last one has let go already. */
    synchronized boolean add() {
        if (count == 0) {
            return false;
        }
        count++;
        return true;
    }

    /** Removes one; true when it was the last. */
    synchronized boolean remove() {
        count--;
        return count == 0;
    }
}
