/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import io.hookline.program.Problem;
import io.hookline.program.ProgramDraft;
import io.hookline.program.ProgramException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs program files on one model, each into a folder of its own. */
final class ProgramTracer {
    private final ModelRuntime runtime;
    private final ProgramCheck check;
    private final PrintWriter said;

    /**
     * A tracer of that model's programs.
     *
     * @param said gets a line for each program, or for each of its problems
     */
    ProgramTracer(ModelRuntime runtime, ProgramCheck check, PrintWriter said) {
        this.runtime = runtime;
        this.check = check;
        this.said = said;
    }

    /** Runs one program; what is wrong with it stands in its folder and is no exception. */
    Verdict trace(Path program, Path folder) throws IOException {
        ResultFolder results = new ResultFolder(folder, runtime.info().name());
        Optional<String> id = Optional.empty();
        List<Problem> problems;
        Verdict verdict;
        try {
            ProgramDraft draft = check.read(Files.readAllBytes(program), name(program));
            id = draft.program().about().id();
            TraceOutcome outcome = runtime.run(List.of(check.plan(draft))).get(0);
            if (outcome instanceof TraceOutcome.Completed completed) {
                results.write(id, completed.rows());
                say(program, "ok");
                return Verdict.OK;
            }
            problems = List.of(problem((TraceOutcome.Failed) outcome));
            verdict = Verdict.FAILED;
        } catch (ProgramException e) {
            problems = e.problems();
            verdict = Verdict.REFUSED;
        } catch (RuntimeInferenceException e) {
            problems =
                    List.of(
                            new Problem(
                                    ErrorCode.INFERENCE_FAILED,
                                    "",
                                    String.valueOf(e.getMessage())));
            verdict = Verdict.FAILED;
        } catch (RuntimeException e) {
            // Whatever it is, it is this program's: the others of its folder run all the same.
            e.printStackTrace(said);
            problems = List.of(new Problem(ErrorCode.INFERENCE_FAILED, "", e.toString()));
            verdict = Verdict.FAILED;
        }
        results.writeRefusal(id, problems);
        problems.forEach(problem -> say(program, ProblemText.line(problem)));
        return verdict;
    }

    private static Problem problem(TraceOutcome.Failed failed) {
        return new Problem(failed.code(), "", failed.message());
    }

    private static String name(Path program) {
        return String.valueOf(program.getFileName());
    }

    private void say(Path program, String what) {
        said.println(name(program) + "  " + what);
        said.flush();
    }
}
