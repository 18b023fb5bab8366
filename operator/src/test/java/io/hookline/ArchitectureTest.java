/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Arrows between packages point one way, and names say what things are. */
class ArchitectureTest {
    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .withImportOption(ArchitectureTest::isOurs)
                    .importPackages("io.hookline");

    /** Each package, and those of ours that it must not know. */
    private static final Map<String, List<String>> FORBIDDEN =
            Map.of(
                    "schema",
                            List.of(
                                    "program",
                                    "model",
                                    "plan",
                                    "graph",
                                    "runtime",
                                    "trace",
                                    "operator",
                                    "alert",
                                    "kafka",
                                    "table"),
                    "program",
                            List.of(
                                    "model",
                                    "plan",
                                    "graph",
                                    "runtime",
                                    "trace",
                                    "operator",
                                    "alert",
                                    "table"),
                    "model",
                            List.of(
                                    "plan",
                                    "graph",
                                    "runtime",
                                    "trace",
                                    "operator",
                                    "alert",
                                    "table"),
                    "plan", List.of("graph", "runtime", "trace", "operator", "alert", "table"),
                    "graph", List.of("runtime", "trace", "operator", "alert", "table"),
                    "runtime", List.of("trace", "operator", "alert", "table"),
                    "trace", List.of("operator", "alert", "table"),
                    "operator", List.of("alert", "table"),
                    "alert", List.of("operator", "table"));

    private static boolean isOurs(Location location) {
        return !location.contains("/test-classes/");
    }

    @Test
    void packages_ofEveryLayer_knowOnlyLayersBelow() {
        FORBIDDEN.forEach(
                (layer, above) ->
                        noClasses()
                                .that()
                                .resideInAPackage(in(layer))
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(
                                        above.stream()
                                                .map(ArchitectureTest::in)
                                                .toArray(String[]::new))
                                .allowEmptyShould(true)
                                .check(MAIN));
    }

    @Test
    void layersUnderTheOperator_ofAnyKind_knowNoFlink() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        Stream.of("schema", "program", "model", "plan", "graph", "runtime", "trace")
                                .map(ArchitectureTest::in)
                                .toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.flink..")
                .check(MAIN);
    }

    @Test
    void partsOfTheOperator_ofAnyKind_knowNothingOfTheOperator() {
        noClasses()
                .that()
                .resideInAPackage("io.hookline.operator.internal.*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.hookline.operator.internal")
                .check(MAIN);
    }

    @Test
    void onnxRuntime_outsideItsPackage_isNotKnown() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.hookline.runtime.onnx..")
                .should(dependOnClassesThat(resideInAPackage("ai.onnxruntime..")))
                .check(MAIN);
    }

    @Test
    void classNames_ofAllClasses_sayWhatThingsAre() {
        classes()
                .should()
                .haveNameNotMatching(".*(Utils?|Helper|Manager|Impl)(\\$.*)?")
                .andShould()
                .haveNameNotMatching(".*[.$]Abstract[A-Z].*")
                .check(MAIN);
    }

    @Test
    void packages_allOfThem_areNullMarked() {
        assertThat(MAIN.getPackage("io.hookline").getSubpackagesInTree())
                .filteredOn(each -> !each.getClasses().isEmpty())
                .isNotEmpty()
                .allSatisfy(
                        each ->
                                assertThat(each.isAnnotatedWith(NullMarked.class))
                                        .as(each.getName())
                                        .isTrue());
    }

    private static String in(String layer) {
        return "io.hookline." + layer + "..";
    }
}
