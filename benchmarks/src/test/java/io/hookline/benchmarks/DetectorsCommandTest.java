/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.alert.Baseline;
import io.hookline.alert.Bound;
import io.hookline.alert.Cusum;
import io.hookline.alert.Direction;
import io.hookline.alert.Threshold;
import io.hookline.examples.cli.CommandRun;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectorsCommandTest {
    @Test
    void detectors_ofEveryKind_areMeasured(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("detectors.json");
        int code =
                CommandRun.of(
                        new BenchCommand(), "detectors", "--quick", "--json", json.toString());
        assertThat(code).isZero();
        JsonNode rows = new ObjectMapper().readTree(Files.readString(json)).get("rows");
        assertThat(rows).hasSize(7);
        assertThat(rows)
                .allSatisfy(
                        row -> {
                            assertThat(row.get("falseAlarmsPer10000").asDouble()).isLessThan(10);
                            assertThat(row.get("drifts").get("shift 4.0").get("missed").asDouble())
                                    .as(row.get("name").asText())
                                    .isZero();
                        });
    }

    @Test
    void falseAlarms_ofAThresholdAtThreeDeviations_areThoseOfTheNormalDistribution() {
        double expected = 10_000 * 0.00135;
        assertThat(new DetectorTrial("t", new Threshold(Bound.above(3))).falseAlarms(1_000_000, 5))
                .isBetween(0.9 * expected, 1.1 * expected);
    }

    /**
     * The average run length of this one-sided scheme after a shift by one deviation is 10.4 in
     * print: Montgomery, "Introduction to statistical quality control", 6th edition, table 9.3.
     */
    @Test
    void delay_ofACusumAfterAShift_isTheOneInPrint() {
        Cusum cusum = new Cusum(0.5, 5, new Baseline.Given(0, 1), Direction.UP);
        DetectorTrial.Delay delay = new DetectorTrial("c", cusum).delay(Drift.shift(1), 2000, 5);
        assertThat(delay.median()).isBetween(7.0, 11.0);
        assertThat(delay.missed()).isLessThan(0.01);
    }
}
