/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static java.util.Objects.requireNonNull;

import io.hookline.operator.InvocationSettings;
import io.hookline.operator.PromptRedaction;
import io.hookline.program.Invocation;
import io.hookline.program.Prompt;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.InvocationOutcome;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.ReportedProblem;
import io.hookline.schema.SourceEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Takes prompts out of what leaves the job: token ids out of results, original bytes out of dead
 * letters, and out of their messages whatever quotes the event.
 */
final class Redactor {
    /** Those whose messages quote what stands in the event. */
    private static final Set<ErrorCode> QUOTING =
            EnumSet.of(
                    ErrorCode.MALFORMED_EVENT, ErrorCode.UNKNOWN_FIELD, ErrorCode.DTYPE_MISMATCH);

    private final InvocationSettings.Redaction settings;

    Redactor(InvocationSettings.Redaction settings) {
        this.settings = requireNonNull(settings, "settings");
    }

    /** Whether prompts may be seen. */
    boolean hidesNothing() {
        return settings.prompt() == PromptRedaction.NONE;
    }

    /** The result without its prompts, which were those. */
    InvocationResult redacted(InvocationResult result, List<Invocation> invocations) {
        if (hidesNothing()) {
            return result;
        }
        List<String> omitted = new ArrayList<>(result.getOmitted());
        List<InvocationOutcome> outcomes = result.getInvocations();
        for (int i = 0; i < outcomes.size(); i++) {
            outcomes.get(i).put("tokens", List.of());
            omitted.add(
                    "invocations/%d/tokens: redacted%s"
                            .formatted(i, hash(", ", bytes(invocations.get(i).prompt()))));
        }
        result.put("omitted", omitted);
        return result;
    }

    /** The dead letter without the event. */
    DeadLetter redacted(DeadLetter letter, SourceEvent event) {
        if (hidesNothing()) {
            return letter;
        }
        letter.put(
                "original",
                ByteBuffer.wrap(hash("", event.value()).getBytes(StandardCharsets.UTF_8)));
        letter.put("format", settings.prompt() == PromptRedaction.HASH ? "HASHED" : "DROPPED");
        silence(letter, letter.getCode(), "reason");
        for (ReportedProblem problem : letter.getProblems()) {
            silence(problem, problem.getCode(), "message");
        }
        return letter;
    }

    /** Takes out what may quote the event; a pointer may name a field that stands in it. */
    private static void silence(SpecificRecordBase record, String code, String message) {
        if (QUOTING.contains(ErrorCode.valueOf(code))) {
            record.put(message, "not told, since it may quote the event and prompts are redacted");
            record.put("pointer", null);
        }
    }

    /** The failure as it may be told: when prompts are hidden, without what it says. */
    Throwable redacted(Throwable failure) {
        if (hidesNothing()) {
            return failure;
        }
        Throwable silent = new IllegalStateException(failure.getClass().getName());
        silent.setStackTrace(failure.getStackTrace());
        return silent;
    }

    /** Nothing when prompts are dropped. */
    private String hash(String before, byte[] bytes) {
        return settings.prompt() == PromptRedaction.HASH ? before + "sha-256 " + sha256(bytes) : "";
    }

    private String sha256(byte[] bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(settings.salt().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }

    /** A text in UTF-8; token ids as decimal numbers between commas. */
    private static byte[] bytes(Prompt prompt) {
        String text =
                prompt instanceof Prompt.Text given
                        ? given.text()
                        : ((Prompt.Tokens) prompt)
                                .ids().stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(","));
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
