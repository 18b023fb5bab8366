/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.examples.models.HooklineHome;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DistributionTest {
    @Test
    void classPath_ofThisBuild_isSortedByWhereItBelongs() throws Exception {
        Distribution distribution = Distribution.find(HooklineHome.find());

        assertThat(names(distribution.lib()))
                .contains("hookline-operator", "hookline-schemas", "onnxruntime", "tokenizers")
                .contains("api", "jna", "avro", "protobuf-java", "tribuo-util-onnx", "zstd-jni")
                .noneMatch(name -> name.startsWith("flink") || name.startsWith("kafka"));
        assertThat(names(distribution.job()))
                .contains("hookline-examples", "hookline-connectors")
                .contains("flink-connector-kafka", "kafka-clients", "picocli")
                .noneMatch(name -> name.startsWith("log4j") || name.startsWith("onnxruntime"));
        assertThat(names(distribution.flink()))
                .contains("flink-runtime", "flink-clients", "flink-connector-base", "log4j-core")
                .doesNotContain("flink-connector-kafka")
                .noneMatch(name -> name.startsWith("hookline"));
    }

    @Test
    void library_thatNobodyKnows_travelsWithTheJob() {
        Distribution distribution = Distribution.of(List.of(Path.of("lib/new-thing-1.0.jar")));

        assertThat(distribution.job()).containsExactly(Path.of("lib/new-thing-1.0.jar"));
    }

    @Test
    void folderOfClasses_bearsTheNameOfItsModule() {
        assertThat(Distribution.name(Path.of("any/operator/target/classes")))
                .isEqualTo("hookline-operator-0.jar");
    }

    private static List<String> names(List<Path> entries) {
        return entries.stream()
                .map(entry -> Distribution.name(entry).replaceAll("-\\d.*", ""))
                .toList();
    }
}
