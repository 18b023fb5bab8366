/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.program.CachePolicy;
import io.hookline.runtime.Detokenizer;
import io.hookline.schema.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** What left a trace: what its blocks saved, and the tokens of its rows. */
public final class TraceResult {
    private static final String POST = "post";

    private final Map<String, Object> saved;
    private final Map<String, CacheDict> caches;
    private final List<String> warnings;
    private final Batcher batcher;
    private final Detokenizer detokenizer;
    private final int cuts;

    TraceResult(Interleaver run, Detokenizer detokenizer) {
        this(run, detokenizer, Map.of());
    }

    /**
     * @param caches what a trace that is data recorded, by invocation and policy
     */
    TraceResult(Interleaver run, Detokenizer detokenizer, Map<String, CacheDict> caches) {
        this.detokenizer = detokenizer;
        this.caches = Map.copyOf(caches);
        this.saved = Map.copyOf(run.saved());
        this.warnings = List.copyOf(run.warnings());
        this.batcher = run.batcher();
        this.cuts = run.cuts();
    }

    /** What was saved, by name. */
    public Map<String, Object> saved() {
        return saved;
    }

    /** A tensor that was saved under that name. */
    public Tensor saved(String name) {
        return saved(name, Tensor.class);
    }

    /** A value that was saved under that name. */
    public <T> T saved(String name, Class<T> type) {
        Object value = saved.get(name);
        if (value == null) {
            throw new TraceException(
                    ErrorCode.OUT_OF_ORDER,
                    "nothing was saved as '%s'%s"
                            .formatted(
                                    name,
                                    io.hookline.program.NearestName.hint(name, saved.keySet())));
        }
        return type.cast(value);
    }

    /**
     * What a cache policy of a trace that is data recorded after all edits, or before the first if
     * the policy asked for that alone, without a batch axis.
     *
     * @param policy the policy's name, or else its index: the program's list first, then the
     *     invocation's own
     */
    public CacheDict cache(int invocation, String policy) {
        CacheDict post = caches.get(key(invocation, policy, POST));
        return post == null ? cache(invocation, policy, CachePolicy.Stage.PRE) : post;
    }

    /**
     * What it recorded at one stage, for a policy that asked for both.
     *
     * @param stage before the first edit, or after the last
     */
    public CacheDict cache(int invocation, String policy, CachePolicy.Stage stage) {
        CacheDict found =
                caches.get(key(invocation, policy, stage.name().toLowerCase(Locale.ROOT)));
        if (found == null) {
            throw new TraceException(
                    ErrorCode.UNKNOWN_POLICY,
                    "invocation %d recorded nothing under policy '%s'"
                            .formatted(invocation, policy));
        }
        return found;
    }

    static String key(int invocation, String policy, String stage) {
        return invocation + "/" + policy + (stage.equals(POST) ? "" : "/" + stage);
    }

    /** Loops that asked for steps that the run did not make. */
    public List<String> warnings() {
        return warnings;
    }

    /** How many rows the batch had. */
    public int rows() {
        return batcher.rows();
    }

    /** Token ids of a row's prompt. */
    public int[] prompt(int row) {
        return batcher.prompt(row);
    }

    /** New token ids of a row. */
    public int[] generated(int row) {
        return batcher.generated(row).stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Text of what a row generated, special tokens left out; empty without a tokenizer.
     *
     * @throws IllegalStateException when the model is closed
     */
    public String text(int row) {
        int[] generated = generated(row);
        return generated.length == 0 ? "" : detokenizer.decode(generated);
    }

    /** Token ids of a row's prompt and what it generated. */
    public int[] tokens(int row) {
        int[] prompt = prompt(row);
        int[] generated = generated(row);
        int[] all = Arrays.copyOf(prompt, prompt.length + generated.length);
        System.arraycopy(generated, 0, all, prompt.length, generated.length);
        return all;
    }

    /** How often the model had to pause for a block; 0 when all was known or only recorded. */
    public int cuts() {
        return cuts;
    }

    @Override
    public String toString() {
        int tokens = 0;
        for (int row = 0; row < rows(); row++) {
            tokens += batcher.generated(row).size();
        }
        return "result of %d rows, %d new tokens, %d cuts, saved %s%s"
                .formatted(
                        rows(),
                        tokens,
                        cuts,
                        new TreeSet<>(saved.keySet()),
                        caches.isEmpty() ? "" : ", caches " + new TreeSet<>(caches.keySet()));
    }
}
