/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.schema.ErrorCode;
import java.util.List;

/** How one trace of a batch ended. One trace's failure never touches another. */
public sealed interface TraceOutcome {
    /** It ran; one outcome per invocation, in order. */
    record Completed(List<RowOutcome> rows) implements TraceOutcome {
        public Completed {
            rows = List.copyOf(rows);
        }
    }

    /** It did not; the others of its batch may have. */
    record Failed(ErrorCode code, String message) implements TraceOutcome {
        /** It failed alone as often as it may. */
        public static Failed givenUp(int attempts, Exception last) {
            boolean memory =
                    last instanceof RuntimeInferenceException failed && failed.isOutOfMemory();
            return new Failed(
                    ErrorCode.INFERENCE_FAILED,
                    "inference failed in each of %d attempts, last: %s%s"
                            .formatted(
                                    attempts,
                                    memory ? "out of memory: " : "",
                                    last instanceof RuntimeInferenceException
                                            ? last.getMessage()
                                            : last));
        }
    }
}
