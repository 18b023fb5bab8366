/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.model.Module;
import io.hookline.model.ModuleTree;
import io.hookline.program.ControlEntry;
import io.hookline.program.ControlReader;
import io.hookline.schema.Destination;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyModulesTest {
    private static final PolicyModules MODULES =
            new PolicyModules(
                    ModuleTree.of(
                            "none",
                            List.of(
                                    module("model.layers.0.mlp"),
                                    module("model.layers.1.mlp"),
                                    new Module("model.layers", "", List.of()),
                                    module("model"))));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"modules\": null} | model.layers.0.mlp model.layers.1.mlp model",
                "{\"modules\": [\"model.layers.*.mlp\"]} | model.layers.0.mlp model.layers.1.mlp",
                "{\"modules\": [\"layers.1.mlp\", \"nothing\"]} | model.layers.1.mlp",
                "{\"modules\": [\"model.layers.0.mlp\"], \"rename\": {\"model.layers.0.mlp\": \"m\"}} | m",
                "{\"modules\": []} | ``"
            })
    void destinations_ofAPolicy_areTheModulesThatItRecords(String cache, String modules)
            throws Exception {
        assertThat(MODULES.of(policy(cache).body()))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(modules.split(" "))
                                .filter(module -> !module.isEmpty())
                                .map(Destination.Activations::new)
                                .toList());
    }

    private static ControlEntry.Policy policy(String cache) throws Exception {
        String event =
                "{\"put\": \"policy\", \"name\": \"p\", \"body\": {\"cache\": [%s]}}"
                        .formatted(cache);
        return (ControlEntry.Policy) ControlReader.read(event.getBytes(StandardCharsets.UTF_8));
    }

    private static Module module(String path) {
        return new Module(path, "", List.of(TestingModelRuntime.site(path)));
    }
}
