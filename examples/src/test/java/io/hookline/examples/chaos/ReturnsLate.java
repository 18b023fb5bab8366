/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import io.hookline.program.FunctionCall;
import io.hookline.program.InterventionFunction;
import io.hookline.program.TensorValue.Literal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** Comes back when a file is there, and hears no interrupt: what a stuck native call looks like. */
public final class ReturnsLate implements InterventionFunction {
    @Override
    public String name() {
        return "returns-late";
    }

    @Override
    public Literal apply(FunctionCall call) {
        Path release = Path.of(call.args().text("until"));
        boolean interrupted = false;
        while (!Files.exists(release)) {
            LockSupport.parkNanos(10_000_000);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return call.result(call.value().values());
    }
}
