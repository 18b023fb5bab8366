/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.ModelSignature;
import io.hookline.runtime.HostTensor;
import java.util.ArrayList;
import java.util.List;

/** The model's own inputs for a pass: token ids, mask, positions. Padding is on the right. */
final class TokenInputs {
    private final Pass pass;
    private final Passes.Work work;

    private interface AtToken {
        long value(int row, int at);
    }

    private TokenInputs(Pass pass, Passes.Work work) {
        this.pass = pass;
        this.work = work;
    }

    static List<HostTensor> of(ModelSignature signature, Pass pass, Passes.Work work) {
        TokenInputs inputs = new TokenInputs(pass, work);
        List<HostTensor> all = new ArrayList<>();
        all.add(inputs.perToken(signature.inputIds(), inputs::token));
        signature.positionIds().ifPresent(name -> all.add(inputs.perToken(name, inputs::position)));
        signature.tokenTypeIds().ifPresent(name -> all.add(inputs.perToken(name, (row, at) -> 0)));
        signature.attentionMask().ifPresent(name -> all.add(inputs.mask(name)));
        return all;
    }

    private HostTensor perToken(String name, AtToken at) {
        long[] values = new long[pass.rows() * pass.tokens()];
        for (int row = 0; row < pass.rows(); row++) {
            for (int token = 0; token < pass.tokens(); token++) {
                values[row * pass.tokens() + token] = at.value(row, token);
            }
        }
        return HostTensor.ofLongs(name, new long[] {pass.rows(), pass.tokens()}, values);
    }

    private long token(int row, int at) {
        return at < pass.fed(row) ? work.token(row, pass.start(row) + at) : 0;
    }

    private long position(int row, int at) {
        return pass.start(row) + (long) Math.min(at, pass.fed(row) - 1);
    }

    private HostTensor mask(String name) {
        int keys = pass.keys();
        long[] open = new long[pass.rows() * keys];
        for (int row = 0; row < pass.rows(); row++) {
            int gap = pass.gap(row);
            int own = pass.prompts()[row] + pass.step();
            for (int key = gap; key < gap + own; key++) {
                open[row * keys + key] = 1;
            }
        }
        return HostTensor.ofLongs(name, new long[] {pass.rows(), keys}, open);
    }
}
