/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import io.hookline.examples.probe.Evaluation;
import io.hookline.examples.probe.ProbeTraining;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hookline probe train}: fits a logistic probe to labelled prompts. */
@Command(
        name = "train",
        sortOptions = false,
        description =
                "Fits a logistic probe to labelled prompts, judges it on some that were held out, and writes it as JSON.",
        exitCodeOnInvalidInput = CommandRun.FAILED,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the probe is written",
            "2:no such hook point, or examples that can't be used",
            "1:anything else"
        })
final class ProbeTrainCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ModelOptions model = new ModelOptions();
    @Mixin private TrainingOptions training = new TrainingOptions();

    @Option(
            names = "--held-out",
            paramLabel = "SHARE",
            defaultValue = "0.25",
            description = "share of the examples that is only judged by (default: 0.25)")
    private double heldOut;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        return training.run(
                model,
                out,
                (runtime, reading, examples) -> {
                    ProbeTraining.Trained trained =
                            new ProbeTraining(runtime, reading, heldOut).train(examples);
                    out.println(line(trained.heldOut()));
                    return trained.body();
                });
    }

    private static String line(Evaluation heldOut) {
        return String.format(
                Locale.ROOT,
                "held out: %d examples, %d of them positive; accuracy %.4f, AUC %.4f",
                heldOut.examples(),
                heldOut.positives(),
                heldOut.accuracy(),
                heldOut.auc());
    }
}
