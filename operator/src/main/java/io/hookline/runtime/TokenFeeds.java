/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.ModelSignature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The model's own inputs for a pass: token ids, mask and positions. Padding of tokens is on the
 * right.
 */
final class TokenFeeds {
    private final Pass pass;

    private TokenFeeds(Pass pass) {
        this.pass = pass;
    }

    static List<HostTensor> of(ModelSignature signature, Pass pass) {
        TokenFeeds feeds = new TokenFeeds(pass);
        List<HostTensor> all = new ArrayList<>();
        all.add(feeds.perToken(signature.inputIds(), feeds::token));
        signature.positionIds().ifPresent(name -> all.add(feeds.perToken(name, feeds::position)));
        signature.tokenTypeIds().ifPresent(name -> all.add(feeds.perToken(name, (row, at) -> 0)));
        signature.attentionMask().ifPresent(name -> all.add(feeds.mask(name)));
        return all;
    }

    private interface AtToken {
        long value(int row, int at);
    }

    private HostTensor perToken(String name, AtToken at) {
        long[] values = new long[pass.batch() * pass.tokens()];
        for (int row = 0; row < pass.batch(); row++) {
            for (int token = 0; token < pass.tokens(); token++) {
                values[row * pass.tokens() + token] = at.value(row, token);
            }
        }
        return HostTensor.ofLongs(name, new long[] {pass.batch(), pass.tokens()}, values);
    }

    private long token(int row, int at) {
        return at < pass.length(row) ? pass.rows().get(row).token(pass.start(row) + at) : 0;
    }

    private long position(int row, int at) {
        return pass.start(row) + (long) Math.min(at, pass.length(row) - 1);
    }

    /** One for each key that is text; padding stays shut. */
    private HostTensor mask(String name) {
        int keys = pass.keys();
        long[] open = new long[pass.batch() * keys];
        for (int row = 0; row < pass.batch(); row++) {
            int first = row * keys + pass.firstKey(row);
            Arrays.fill(open, first, first + pass.keyCount(row), 1);
        }
        return HostTensor.ofLongs(name, new long[] {pass.batch(), keys}, open);
    }
}
