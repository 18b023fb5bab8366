/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.model.Site;
import io.hookline.model.TestModels;
import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.runtime.PassCuts;
import io.hookline.runtime.PassEngine.Output;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.onnx.PassFixture.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** A pass that is cut at random sites is the uncut pass, bit for bit. */
@PropertyDefaults(tries = 12, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
final class SegmentProperties {
    private static final Map<String, PassFixture> MODELS = new HashMap<>();
    private static Path cache;

    @BeforeContainer
    static void open() throws IOException {
        cache = Files.createTempDirectory("hookline-segments");
        for (String name : List.of("ticketlm/model.onnx", "gpt2-12/model.onnx")) {
            MODELS.put(name, PassFixture.open(TestModels.path(name), cache));
        }
        MODELS.put("minilm", PassFixture.open(TestModels.miniLm(), cache));
    }

    @AfterContainer
    static void close() throws IOException {
        MODELS.values().forEach(PassFixture::close);
        MODELS.clear();
        try (Stream<Path> files = Files.walk(cache)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Provide
    Arbitrary<String> models() {
        return Arbitraries.of("ticketlm/model.onnx", "gpt2-12/model.onnx", "minilm");
    }

    @Provide
    Arbitrary<Integer> numbers() {
        return Arbitraries.of(1, 6, 12);
    }

    private static List<Site> draw(List<Site> sites, int number, Random random) {
        List<Site> shuffled = new ArrayList<>(sites);
        Collections.shuffle(shuffled, random);
        return shuffled.stream()
                .limit(number)
                .sorted(Comparator.comparingInt(Site::order))
                .toList();
    }

    private static Tokens tokens(Random random) {
        int length = 1 + random.nextInt(9);
        int[][] ids = new int[1 + random.nextInt(3)][];
        for (int row = 0; row < ids.length; row++) {
            ids[row] = random.ints(length, 10, 1000).toArray();
        }
        return Tokens.of(ids);
    }

    @Property
    void pass_cutAnywhere_hasTheBitsOfTheUncutOne(
            @ForAll("models") String name, @ForAll("numbers") int number, @ForAll long seed)
            throws Exception {
        Random random = new Random(seed);
        PassFixture model = MODELS.get(name);
        List<Site> cuts = draw(model.sites(), number, random);
        Structure structure = model.taps(cuts, LogitsTap.LAST);
        Tokens tokens = tokens(random);
        PassResult uncut = model.engine().run(model.request(structure, tokens));
        List<Site> visited = new ArrayList<>();
        PassResult cut =
                model.engine()
                        .run(
                                model.request(structure, tokens),
                                new PassCuts(
                                        cuts,
                                        value -> {
                                            Output tap = uncut.taps().get(visited.size());
                                            visited.add(value.site());
                                            if (value.site().layout() != Site.Layout.ATTENTION) {
                                                assertThat(value.floats()).isEqualTo(floats(tap));
                                            }
                                            return Optional.empty();
                                        }));
        assertThat(visited).isEqualTo(cuts);
        assertSame(cut, uncut);
    }

    @Property
    void replacement_atAnySite_actsAsTheCompiledEdit(
            @ForAll("models") String name, @ForAll long seed) throws Exception {
        Random random = new Random(seed);
        PassFixture model = MODELS.get(name);
        List<Site> cuts =
                draw(
                        model.sites().stream()
                                .filter(site -> site.layout() != Site.Layout.ATTENTION)
                                .toList(),
                        4,
                        random);
        Site edited = cuts.get(random.nextInt(cuts.size()));
        Tokens tokens = tokens(random);
        Structure plain = model.taps(cuts, LogitsTap.LAST);
        PassResult unedited = model.engine().run(model.request(plain, tokens));
        int tap = cuts.indexOf(edited);
        float[] values = new float[floats(unedited.taps().get(tap)).length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        PassResult compiled =
                model.engine()
                        .run(
                                model.request(
                                        model.put(edited, cuts, LogitsTap.LAST),
                                        tokens,
                                        PassFixture.everywhere(edited, tokens, values)));
        PassResult cut =
                model.engine()
                        .run(
                                model.request(plain, tokens),
                                new PassCuts(
                                        cuts,
                                        value ->
                                                value.site().equals(edited)
                                                        ? Optional.of(value.replacement(values))
                                                        : Optional.empty()));
        assertSame(cut, compiled);
        assertThat(floats(cut.taps().get(tap)))
                .isEqualTo(values)
                .isNotEqualTo(floats(unedited.taps().get(tap)));
        if (isOnTheWay(edited)) {
            assertThat(floats(cut.logits().orElseThrow()))
                    .isNotEqualTo(floats(unedited.logits().orElseThrow()));
        }
    }

    /** Whether the logits follow from the site. */
    private static boolean isOnTheWay(Site site) {
        return site.point().toString().matches(".*\\.(layers|h)\\.\\d+\\.output");
    }

    private static float[] floats(Output output) {
        float[] values = new float[output.data().remaining() / Float.BYTES];
        output.data().asFloatBuffer().get(values);
        return values;
    }

    private static void assertSame(PassResult got, PassResult want) {
        assertThat(got.taps()).hasSameSizeAs(want.taps());
        for (int tap = 0; tap < want.taps().size(); tap++) {
            assertThat(got.taps().get(tap).shape()).isEqualTo(want.taps().get(tap).shape());
            assertThat(got.taps().get(tap).data()).isEqualTo(want.taps().get(tap).data());
        }
        assertThat(got.logits().map(Output::data)).isEqualTo(want.logits().map(Output::data));
    }
}
