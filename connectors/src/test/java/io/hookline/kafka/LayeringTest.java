/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.hookline.kafka", importOptions = DoNotIncludeTests.class)
class LayeringTest {
    @ArchTest
    static final ArchRule kafka_knowsTheSchemasAndNoOtherPartOfUs =
            classes()
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "io.hookline.kafka..",
                            "io.hookline.schema..",
                            "org.apache.kafka..",
                            "org.apache.flink..",
                            "com.fasterxml.jackson..",
                            "org.apache.avro..",
                            "org.slf4j..",
                            "org.jspecify.annotations..",
                            "java..");

    @ArchTest
    static final ArchRule theSinkAsksNobodyElseForPartitions =
            noClasses()
                    .should()
                    .callMethod(
                            "org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema$KafkaSinkContext",
                            "getPartitionsForTopic",
                            "java.lang.String")
                    .because("it opens a producer for each topic and never looks again");
}
