/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

/**
 * A support ticket without its answer.
 *
 * @param tone calm, angry or injection: what it was drawn from; never in the prompt
 * @param topic delivery, damage, billing or account
 */
record Ticket(String id, String prompt, String tone, String topic) {
    boolean isCalm() {
        return tone.equals("calm");
    }

    boolean isAngry() {
        return tone.equals("angry");
    }
}
