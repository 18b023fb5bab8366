/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.model.ModelDescription;
import io.hookline.model.TestModels;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Problem;
import io.hookline.program.Program;
import io.hookline.program.ProgramException;
import io.hookline.program.ProgramReader;
import java.util.List;

/** Plans programs, written with apostrophes for quotation marks, against the test models. */
public final class TestPlans {
    public static final String TICKETLM = "ticketlm/model.onnx";
    public static final String GPT2 = "gpt2-12/model.onnx";

    private static final ObjectMapper JSON = new ObjectMapper();

    private TestPlans() {}

    public static PlannedTrace plan(String program) {
        return plan(TICKETLM, program);
    }

    public static PlannedTrace plan(String model, String program) {
        try {
            return planner(model).plan(read(program), InterventionFunctions.NONE);
        } catch (ProgramException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** What is wrong with a program that can be read. */
    static List<Problem> problems(String program) {
        return problems(TICKETLM, program);
    }

    static List<Problem> problems(String model, String program) {
        Program read = read(program);
        ProgramException refusal =
                catchThrowableOfType(
                        ProgramException.class,
                        () -> planner(model).plan(read, InterventionFunctions.NONE));
        return refusal == null ? List.of() : refusal.problems();
    }

    private static Program read(String program) {
        try {
            return ProgramReader.read(JSON.readTree(program.replace('\'', '"')));
        } catch (Exception e) {
            throw new IllegalArgumentException(program, e);
        }
    }

    /** A planner whose tokenizer makes a token of each character. */
    private static Planner planner(String model) {
        ModelDescription described = TestModels.describe(TestModels.path(model));
        return new Planner(
                new Planner.Target(
                        model.substring(0, model.indexOf('/')),
                        described.tree(),
                        described.signature(),
                        described.limits()),
                text -> text.chars().map(character -> character % 900).toArray());
    }
}
