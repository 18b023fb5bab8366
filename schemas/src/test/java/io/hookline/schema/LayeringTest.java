/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.hookline.schema", importOptions = DoNotIncludeTests.class)
class LayeringTest {
    @ArchTest
    static final ArchRule SCHEMA_IMPORTS_ONLY_AVRO =
            classes()
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "java..",
                            "org.apache.avro..",
                            "org.jspecify.annotations..",
                            "io.hookline.schema..");

    @ArchTest
    static final ArchRule WORDS_DO_NOT_KNOW_CODECS =
            classes()
                    .that()
                    .resideInAPackage("io.hookline.schema")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideOutsideOfPackage("io.hookline.schema.codec");
}
