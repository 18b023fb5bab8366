/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Site;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.Io;
import io.hookline.program.ProgramReader;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.onnx.ConformanceSuite;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Programs written as Java blocks compute what nnsight computes in PyTorch. */
final class TracerConformanceTest {
    @TempDir static Path cache;

    @TestFactory
    Stream<DynamicNode> programs() {
        return Stream.of(
                        "ticketlm/model.onnx",
                        "gpt2-12/model.onnx",
                        "tiny-mistral/model.onnx",
                        "tiny-neox/model.onnx",
                        "tiny-opt/model.onnx")
                .map(TracerConformanceTest::ofModel);
    }

    private static DynamicNode ofModel(String export) {
        try {
            ConformanceSuite suite = new ConformanceSuite(export);
            ModelRuntime runtime = ConformanceSuite.open(export, cache);
            return DynamicContainer.dynamicContainer(
                    export,
                    Stream.concat(
                            suite.programs().stream().map(name -> test(runtime, suite, name)),
                            Stream.of(DynamicTest.dynamicTest("close", runtime::close))));
        } catch (Exception e) {
            return DynamicTest.dynamicTest(
                    export,
                    () -> {
                        throw e;
                    });
        }
    }

    private static DynamicTest test(ModelRuntime runtime, ConformanceSuite suite, String name) {
        return DynamicTest.dynamicTest(
                name,
                () -> {
                    PlannedTrace trace = runtime.plan(ProgramReader.read(suite.program(name)));
                    LanguageModel model = LanguageModel.of(runtime);
                    suite.compare(name, TranslatedProgram.run(model, trace, head(runtime)));
                });
    }

    /** The module below the root whose output is the logits. */
    private static Site head(ModelRuntime runtime) {
        String logits = runtime.info().signature().logits().orElseThrow();
        return runtime.info().tree().modules().stream()
                .filter(module -> module.path().contains("."))
                .flatMap(module -> module.sites().stream())
                .filter(site -> site.point().io() == Io.OUTPUT)
                .filter(site -> site.tensor().equals(logits))
                .findFirst()
                .orElseThrow();
    }
}
