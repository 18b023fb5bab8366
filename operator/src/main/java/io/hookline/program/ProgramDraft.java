/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What could be read of a document, wrong or not. Steps that check a program further take the
 * draft's program and add their problems, so that one refusal names everything that is wrong.
 *
 * <p>Where something is wrong, the program holds a placeholder that causes no further problem: a
 * wrong tensor is a scalar, a wrong operation zeroes, a wrong prompt is empty text.
 */
public final class ProgramDraft {
    private final Program program;
    private final List<Problem> problems;
    private final DocumentOrder order;

    ProgramDraft(Program program, List<Problem> problems, DocumentOrder order) {
        this.program = requireNonNull(program, "program");
        this.order = requireNonNull(order, "order");
        this.problems = order.sorted(problems);
    }

    /** A draft of a program that nobody wrote as a document, and that nothing is wrong with. */
    public static ProgramDraft of(Program program) {
        return new ProgramDraft(
                program, List.of(), new DocumentOrder(() -> JsonDocument.written(program)));
    }

    /** The program, with placeholders for what is wrong; never to be run while problems exist. */
    public Program program() {
        return program;
    }

    /** Every problem found so far, in document order. */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * This draft with what a later step found wrong. A problem of a value that was refused before,
     * or of one that the document does not have and whose place was refused, is left out.
     */
    public ProgramDraft with(List<Problem> found) {
        return with(program, found);
    }

    /** This draft with another description, e.g. with the model that an event means. */
    public ProgramDraft with(About about) {
        return with(program.with(about), List.of());
    }

    ProgramDraft with(Program next, List<Problem> found) {
        Problems all = new Problems();
        all.addAll(problems);
        found.stream().filter(this::isNew).forEach(each -> all.addAll(List.of(each)));
        return new ProgramDraft(next, all.list(), order);
    }

    /** Whether a value at that pointer or inside of it was refused. */
    boolean refuses(String pointer) {
        return problems.stream()
                .map(Problem::pointer)
                .anyMatch(at -> at.equals(pointer) || at.startsWith(pointer + "/"));
    }

    private boolean isNew(Problem problem) {
        return problems.stream().noneMatch(known -> covers(known, problem.pointer()));
    }

    private boolean covers(Problem known, String pointer) {
        String parent = pointer.substring(0, Math.max(pointer.lastIndexOf('/'), 0));
        return known.pointer().equals(pointer)
                || (known.pointer().equals(parent) && !order.holds(pointer));
    }

    /**
     * The program when nothing is wrong with it.
     *
     * @throws ProgramException with every problem
     */
    public Program orThrow() throws ProgramException {
        if (!problems.isEmpty()) {
            throw new ProgramException(problems);
        }
        return program;
    }
}
