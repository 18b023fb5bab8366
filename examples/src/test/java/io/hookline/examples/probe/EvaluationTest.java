/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationTest {
    @Test
    void auc_isTheShareOfPairsInRightOrder_tiesCountHalf() {
        double[] scores = {0.1, 0.4, 0.4, 0.8, 0.9};

        assertThat(Evaluation.auc(scores, new boolean[] {false, false, false, true, true}))
                .isEqualTo(1);
        assertThat(Evaluation.auc(scores, new boolean[] {true, true, false, false, false}))
                .isEqualTo(0.5 / 6);
        assertThat(Evaluation.auc(scores, new boolean[] {false, true, false, true, false}))
                .isEqualTo((1 + 0.5 + 0 + 1 + 1 + 0) / 6);
    }

    @Test
    void of_countsWhatIsOnTheRightSide() {
        LinearProbe probe = new LinearProbe(new float[] {2, 0}, -1);
        List<float[]> activations =
                List.of(new float[] {1, 9}, new float[] {0, 9}, new float[] {0.4f, 0});

        Evaluation evaluation =
                Evaluation.of(probe, activations, new boolean[] {true, false, true});

        assertThat(evaluation).isEqualTo(new Evaluation(3, 2, 2.0 / 3, 1));
    }

    @Test
    void fit_findsTheUnitThatDecides_whateverItsScale() {
        List<float[]> activations =
                List.of(
                        new float[] {1e4f, 0.1f, 5},
                        new float[] {1.1e4f, 0.3f, 5},
                        new float[] {-1e4f, 0.2f, 5},
                        new float[] {-1.2e4f, 0.15f, 5});
        boolean[] positive = {false, false, true, true};

        LinearProbe probe = LinearProbe.fit(activations, positive);

        assertThat(Evaluation.of(probe, activations, positive).accuracy()).isEqualTo(1);
        assertThat(probe.weights()[0]).isNegative();
        assertThat(probe.weights()[2]).isZero();
        assertThat(LinearProbe.fit(activations, positive).weights()).isEqualTo(probe.weights());
    }
}
