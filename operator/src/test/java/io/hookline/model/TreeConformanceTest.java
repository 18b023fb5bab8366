/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.program.Io;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every hook point that nnsight records is found in the graph, with the value that PyTorch has. */
class TreeConformanceTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource({
        "ticketlm/model.onnx,ticketlm,plain-inputs-and-outputs",
        "ticketlm/model.onnx,ticketlm,plain-all-modules",
        "ticketlm/model.onnx,ticketlm,cache-attention",
        "ticketlm/variants/torchscript.onnx,ticketlm,plain-inputs-and-outputs",
        "ticketlm/variants/torchscript.onnx,ticketlm,plain-all-modules",
        "ticketlm/variants/torchscript.onnx,ticketlm,cache-attention",
        "ticketlm/variants/nocache.onnx,ticketlm,plain-inputs-and-outputs",
        "ticketlm/variants/nocache.onnx,ticketlm,plain-all-modules",
        "ticketlm/variants/nocache.onnx,ticketlm,cache-attention",
        "gpt2-12/model.onnx,gpt2-12,plain-inputs-and-outputs",
        "gpt2-12/model.onnx,gpt2-12,plain-all-modules",
        "gpt2-12/model.onnx,gpt2-12,cache-attention",
    })
    void tree_recordedHookPoints_haveThoseValues(String file, String model, String program)
            throws Exception {
        ModelDescription described = TestModels.describe(TestModels.path(file));
        String folder = "/conformance/expected/" + model + "/" + program + "/";
        JsonNode records = JSON.readTree(getClass().getResourceAsStream(folder + "cache.json"));
        JsonNode result = JSON.readTree(getClass().getResourceAsStream(folder + "result.json"));
        Map<String, Npz.FloatArray> arrays = Npz.read(folder + "arrays.npz");
        Map<String, Site> sites = new LinkedHashMap<>();
        List<Integer> orders = new ArrayList<>();
        for (JsonNode record : records) {
            HookPoint point =
                    HookPoint.of(
                            record.get("module").asText(),
                            Io.valueOf(record.get("io").asText().toUpperCase(Locale.ROOT)));
            List<Site> found = described.tree().sites(point);
            assertThat(found).as("%s", point).hasSize(1);
            sites.put(record.get("file").asText().replaceFirst("\\.npy$", ""), found.get(0));
            if (point.io() != Io.ATTENTION) {
                orders.add(found.get(0).order());
            }
        }
        assertThat(sites).hasSize(records.size());
        assertThat(orders).isSorted().doesNotHaveDuplicates();

        List<Long> tokens = new ArrayList<>();
        result.at("/invocations/0/tokens").forEach(token -> tokens.add(token.asLong()));
        Map<String, float[]> values = SiteValues.run(described, sites.values(), List.of(tokens));
        sites.forEach(
                (name, site) -> {
                    Npz.FloatArray expected = arrays.get(name);
                    int axis = site.layout() == Site.Layout.ATTENTION ? 0 : 1;
                    assertThat(site.width()).as(name).isEqualTo(expected.shape()[axis]);
                    SiteValues.assertClose(name, values.get(site.tensor()), expected.values());
                });
    }
}
