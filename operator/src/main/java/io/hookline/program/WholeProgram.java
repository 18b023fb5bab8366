/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** Checks what one part of a program says about another: steps, and sources of patches. */
final class WholeProgram {
    private final Program program;
    private final List<Problem> problems = new ArrayList<>();

    private WholeProgram(Program program) {
        this.program = program;
    }

    static List<Problem> problems(Program program) {
        WholeProgram check = new WholeProgram(program);
        program.allInterventions().forEach(check::checkIntervention);
        program.allCaches()
                .forEach(cache -> check.checkSteps(cache.selection().steps(), cache.pointer()));
        program.stop().ifPresent(check::checkStop);
        return check.problems;
    }

    private void checkIntervention(Intervention intervention) {
        checkSteps(intervention.steps(), intervention.pointer());
        if (intervention.operation() instanceof Operation.Patch patch
                && !program.invocations().isEmpty()
                && patch.invocation() >= program.invocations().size()) {
            problems.add(
                    new Problem(
                            ErrorCode.BARRIER_UNMET,
                            intervention.pointer() + "/from/invocation",
                            "no invocation %d to patch from, the program has %d"
                                    .formatted(patch.invocation(), program.invocations().size())));
        }
    }

    private void checkSteps(StepSelector steps, String pointer) {
        String at = pointer + "/steps";
        if (steps instanceof StepSelector.At single) {
            checkStep(single.step(), at);
        } else if (steps instanceof StepSelector.Listed listed) {
            for (int i = 0; i < listed.steps().size(); i++) {
                checkStep(listed.steps().get(i), Pointers.of(at, i));
            }
        } else if (steps instanceof StepSelector.Range range) {
            checkStep(range.from().orElse(0), at);
            range.to().ifPresent(to -> checkEnd(to, at));
        }
    }

    private void checkStop(StopAt stop) {
        checkStep(stop.step(), stop.pointer() + "/step");
    }

    private void checkEnd(int end, String pointer) {
        checkStep(end - 1, pointer);
    }

    private void checkStep(int step, String pointer) {
        if (step >= program.steps()) {
            problems.add(
                    new Problem(
                            ErrorCode.STEP_OUT_OF_RANGE,
                            pointer,
                            "step %d is out of range, the program has %s"
                                    .formatted(step, stepsInWords())));
        }
    }

    private String stepsInWords() {
        return program.generate().isEmpty()
                ? "no 'generate' and so only step 0"
                : "steps 0 to %d ('max_new_tokens' is %d)"
                        .formatted(program.steps() - 1, program.steps());
    }
}
