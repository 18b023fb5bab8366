/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.runtime.Capture;
import io.hookline.runtime.RowOutcome;
import io.hookline.schema.codec.TensorCodec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Compares outcomes bit for bit. */
final class Bits {
    private Bits() {}

    /** What tells a capture from the others of its row. */
    static String key(Capture capture) {
        return "%s %s v%d s%d %s"
                .formatted(
                        capture.cache(),
                        capture.point(),
                        capture.visit(),
                        capture.step(),
                        capture.stage());
    }

    static Map<String, Capture> captures(RowOutcome row) {
        Map<String, Capture> captures = new LinkedHashMap<>();
        for (Capture capture : row.captures()) {
            assertThat(captures.put(key(capture), capture)).as(key(capture)).isNull();
        }
        return captures;
    }

    /** The capture of a hook point at step 0, after its edits. */
    static Capture at(RowOutcome row, String point) {
        return row.captures().stream()
                .filter(capture -> capture.point().toString().equals(point))
                .filter(capture -> capture.stage().equals("post"))
                .findFirst()
                .orElseThrow();
    }

    static float[] floats(Capture capture) {
        return TensorCodec.decode(capture.data(), capture.dtype());
    }

    static void assertSame(RowOutcome got, RowOutcome want) {
        assertSameLogits(got, want);
        assertThat(captures(got).keySet()).isEqualTo(captures(want).keySet());
        assertSameCaptures(got, want, capture -> true);
    }

    static void assertSameLogits(RowOutcome got, RowOutcome want) {
        assertThat(got.logits().length).isEqualTo(want.logits().length);
        for (int i = 0; i < want.logits().length; i++) {
            assertThat(Arrays.equals(got.logits()[i], want.logits()[i]))
                    .as("logits %d, worst %s", i, worst(got.logits()[i], want.logits()[i]))
                    .isTrue();
        }
        assertThat(got.generated()).isEqualTo(want.generated());
    }

    /** Every chosen capture of the first is there in the second and has the same bits. */
    static void assertSameCaptures(RowOutcome got, RowOutcome want, Predicate<Capture> chosen) {
        Map<String, Capture> wanted = captures(want);
        for (Capture capture : got.captures()) {
            if (chosen.test(capture)) {
                Capture other = wanted.get(key(capture));
                assertThat(other).as(key(capture)).isNotNull();
                assertThat(capture.shape()).as(key(capture)).isEqualTo(other.shape());
                assertThat(capture.data().equals(other.data())).as(key(capture)).isTrue();
            }
        }
    }

    /** A row whose captures were handed out before is the other one within rounding, in order. */
    static void assertClose(RowOutcome got, List<Capture> captures, RowOutcome want, String what) {
        assertThat(got.generated()).as(what).isEqualTo(want.generated());
        assertThat(got.text()).isEqualTo(want.text());
        assertThat(got.stopped()).isEqualTo(want.stopped());
        assertThat(got.logits().length).isEqualTo(want.logits().length);
        for (int i = 0; i < want.logits().length; i++) {
            assertThat(apart(got.logits()[i], want.logits()[i])).as(what).isLessThan(1e-5);
        }
        assertThat(captures.stream().map(Bits::key))
                .containsExactlyElementsOf(want.captures().stream().map(Bits::key).toList());
        for (int i = 0; i < captures.size(); i++) {
            Capture other = want.captures().get(i);
            assertThat(captures.get(i).shape()).isEqualTo(other.shape());
            assertThat(captures.get(i).tokens()).isEqualTo(other.tokens());
            assertThat(apart(floats(captures.get(i)), floats(other)))
                    .as("%s of %s", key(other), what)
                    .isLessThan(1e-5);
        }
    }

    /** The largest difference, relative to the largest number. */
    private static double apart(float[] got, float[] want) {
        double scale = 1;
        for (float number : want) {
            scale = Math.max(scale, Math.abs(number));
        }
        double apart = 0;
        assertThat(got.length).isEqualTo(want.length);
        for (int i = 0; i < got.length; i++) {
            double each = Math.abs((double) got[i] - want[i]) / scale;
            apart = Math.max(apart, Double.isNaN(each) ? Double.POSITIVE_INFINITY : each);
        }
        return apart;
    }

    static double worst(float[] got, float[] want) {
        assertThat(got.length).isEqualTo(want.length);
        double worst = 0;
        for (int i = 0; i < got.length; i++) {
            double apart = Math.abs((double) got[i] - want[i]) / Math.max(1, Math.abs(want[i]));
            worst = Math.max(worst, Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart);
        }
        return worst;
    }
}
