/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import io.hookline.runtime.ModelRuntime;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hookline trace}: runs programs on a model, without Flink or Kafka. */
@Command(
        name = "./hookline trace",
        sortOptions = false,
        description = "Runs one program, or every program of a folder, and writes what it records.",
        exitCodeOnInvalidInput = CommandRun.FAILED,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all ran", "2:a program was refused", "1:anything else"})
public final class TraceCommand implements Callable<Integer> {
    private static final String EXTENSION = ".json";

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ModelOptions model = new ModelOptions();
    @Mixin private VectorOption vectors = new VectorOption();
    @Mixin private FunctionOptions functions = new FunctionOptions();

    @Option(
            names = "--program",
            required = true,
            paramLabel = "FILE|FOLDER",
            description = "a program, or a folder: every *.json directly in it")
    private Path program = Path.of("");

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FOLDER",
            description =
                    "gets result.json, cache.json and *.npy; of a folder each program has its own in it")
    private Path out = Path.of("");

    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        System.exit(CommandRun.of(new TraceCommand(), arguments));
    }

    @Override
    public Integer call() throws Exception {
        try (FunctionOptions.Found found = functions.find();
                ModelRuntime runtime = model.open()) {
            ProgramCheck check = new ProgramCheck(runtime, vectors.read(), found.functions());
            ProgramTracer tracer = new ProgramTracer(runtime, check, spec.commandLine().getErr());
            return (Files.isDirectory(program) ? traceFolder(tracer) : tracer.trace(program, out))
                    .exitCode();
        }
    }

    private Verdict traceFolder(ProgramTracer tracer) throws IOException {
        Verdict verdict = Verdict.OK;
        for (Path file : programs()) {
            String name = file.getFileName().toString();
            Path folder = out.resolve(name.substring(0, name.length() - EXTENSION.length()));
            verdict = verdict.and(tracer.trace(file, folder));
        }
        return verdict;
    }

    private List<Path> programs() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(program, "*" + EXTENSION)) {
            entries.forEach(files::add);
        }
        if (files.isEmpty()) {
            throw new IOException("no *%s in '%s'".formatted(EXTENSION, program));
        }
        Collections.sort(files);
        return files;
    }
}
