/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.plan.PlannedTrace;
import io.hookline.program.ProgramReader;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.TraceOutcome;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What nnsight computes in PyTorch is what we compute, program by program and export by export. */
final class ConformanceTest {
    @TempDir static Path cache;

    @TestFactory
    Stream<DynamicNode> programs() {
        return Stream.of(
                        "ticketlm/model.onnx",
                        "ticketlm/variants/torchscript.onnx",
                        "ticketlm/variants/nocache.onnx",
                        "gpt2-12/model.onnx",
                        "tiny-mistral/model.onnx",
                        "tiny-neox/model.onnx",
                        "tiny-opt/model.onnx")
                .map(this::ofModel);
    }

    private DynamicNode ofModel(String export) {
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
                    TraceOutcome outcome = runtime.run(List.of(trace)).get(0);
                    assertThat(outcome).isInstanceOf(TraceOutcome.Completed.class);
                    suite.compare(name, ((TraceOutcome.Completed) outcome).rows());
                });
    }
}
