/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.schema.ErrorCode;

/**
 * A block failed, and with it the whole trace. Its message names the block, the hook point and the
 * line; its cause is what the block threw.
 */
public final class MediatorException extends TraceException {
    private static final long serialVersionUID = 1;

    private final String block;
    private final String hookPoint;

    MediatorException(ErrorCode code, Failure failure, Throwable cause) {
        super(code, failure.message(cause), cause);
        this.block = failure.block();
        this.hookPoint = failure.hookPoint();
    }

    /**
     * Where a block failed.
     *
     * @param hookPoint what it asked for last, empty before it asked for anything
     * @param line file and line in the block, empty when unknown
     */
    record Failure(String block, String hookPoint, String line) {
        String message(Throwable cause) {
            return "%s failed %s%s: %s"
                    .formatted(
                            block,
                            hookPoint.isEmpty()
                                    ? "before the first hook point"
                                    : "at '" + hookPoint + "'",
                            line.isEmpty() ? "" : " (" + line + ")",
                            cause instanceof TraceException
                                    ? cause.getMessage()
                                    : cause.toString());
        }
    }

    /** The block, e.g. {@code invocation 1}. */
    public String block() {
        return block;
    }

    /** What the block asked for last, e.g. {@code model.lm_head.output}; empty before the first. */
    public String hookPoint() {
        return hookPoint;
    }
}
