/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.runtime.ModelPlanner;
import io.hookline.runtime.WeightsReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hookline scan}: shows a model's hook points, and checks a program against them. */
@Command(
        name = "./hookline scan",
        sortOptions = false,
        description =
                "Prints the module tree of a model with shapes and types, and checks a program, without running it.",
        exitCodeOnInvalidInput = CommandRun.FAILED,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all well", "2:the program was refused", "1:anything else"})
public final class ScanCommand implements Callable<Integer> {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ModelOptions model = new ModelOptions();
    @Mixin private VectorOption vectors = new VectorOption();
    @Mixin private FunctionOptions functions = new FunctionOptions();
    @Mixin private ReportOption report = new ReportOption();

    @Option(names = "--program", paramLabel = "FILE", description = "a program to check")
    private @Nullable Path program;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        System.exit(CommandRun.of(new ScanCommand(), arguments));
    }

    @Override
    public Integer call() throws Exception {
        try (FunctionOptions.Found found = functions.find();
                ModelPlanner planner = model.scan()) {
            List<Problem> problems =
                    problems(new ProgramCheck(planner, vectors.read(), found.functions()));
            ModelListing listing = new ModelListing(planner.info());
            Optional<WeightsReport> weights = report.of(model);
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(JSON.writeValueAsString(document(listing, problems, weights)));
            } else {
                listing.lines().forEach(out::println);
                weights.map(ReportOption::line).ifPresent(out::println);
                problems.forEach(problem -> out.println(ProblemText.line(problem)));
            }
            out.flush();
            return problems.isEmpty() ? CommandRun.OK : CommandRun.REFUSED;
        }
    }

    private List<Problem> problems(ProgramCheck check) throws IOException {
        if (program == null) {
            return List.of();
        }
        try {
            check.plan(check.read(Files.readAllBytes(program), "scan"));
            return List.of();
        } catch (ProgramException e) {
            return e.problems();
        }
    }

    private static ObjectNode document(
            ModelListing listing, List<Problem> problems, Optional<WeightsReport> weights) {
        ObjectNode document = listing.json();
        document.set("errors", ProblemText.array(problems));
        weights.map(ReportOption::json).ifPresent(json -> document.set("weights", json));
        return document;
    }
}
