/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.model.ModelException;
import io.hookline.program.ProgramException;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.WeightsReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code scan --report} adds: a run of prompts with both precisions. */
final class ReportOption {
    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "prompts, one on each line: run them with --weights and with the weights as they are stored, and say how far apart the next tokens are")
    private @Nullable Path prompts;

    /** The report, when one is asked for. */
    Optional<WeightsReport> of(ModelOptions model)
            throws IOException,
                    ModelLoadException,
                    ModelException,
                    ProgramException,
                    RuntimeInferenceException {
        if (prompts == null) {
            return Optional.empty();
        }
        List<String> lines =
                Files.readAllLines(prompts).stream().filter(line -> !line.isBlank()).toList();
        if (lines.isEmpty()) {
            throw new IOException("no prompts in '%s'".formatted(prompts));
        }
        try (ModelRuntime stored = model.openAsStored();
                ModelRuntime candidate = model.open()) {
            return Optional.of(WeightsReport.of(stored, candidate, lines));
        }
    }

    static String line(WeightsReport report) {
        return String.format(
                Locale.ROOT,
                "weights: %d positions, the likeliest token agrees at %.1f %%, KL %.2g nats in the mean, %.2g at worst",
                report.positions(),
                100 * report.agreement(),
                report.meanDivergence(),
                report.worstDivergence());
    }

    static ObjectNode json(WeightsReport report) {
        return new ObjectMapper()
                .createObjectNode()
                .put("positions", report.positions())
                .put("agreement", report.agreement())
                .put("meanDivergence", report.meanDivergence())
                .put("worstDivergence", report.worstDivergence());
    }
}
