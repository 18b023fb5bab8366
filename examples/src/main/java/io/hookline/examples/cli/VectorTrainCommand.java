/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import io.hookline.examples.probe.ControlEvents;
import io.hookline.examples.probe.SteeringVector;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./hookline vector train}: finds the direction from one kind of prompt to another. */
@Command(
        name = "train",
        sortOptions = false,
        description =
                "Writes the mean activation of the positive examples less that of the others, a vector to steer with.",
        exitCodeOnInvalidInput = CommandRun.FAILED,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the vector is written",
            "2:no such hook point, or examples that can't be used",
            "1:anything else"
        })
final class VectorTrainCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ModelOptions model = new ModelOptions();
    @Mixin private TrainingOptions training = new TrainingOptions();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        return training.run(
                model,
                out,
                (runtime, reading, examples) -> {
                    float[] vector = SteeringVector.of(runtime, reading, examples);
                    out.printf(
                            Locale.ROOT,
                            "%d units, length %.4f, from %d examples%n",
                            vector.length,
                            length(vector),
                            examples.size());
                    return ControlEvents.vector(vector);
                });
    }

    private static double length(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }
}
