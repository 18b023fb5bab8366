/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class ModulePatternTest {
    @ParameterizedTest
    @CsvSource({
        "model.layers.*.mlp, model.layers.3.mlp, true",
        "model.layers.*.mlp, model.layers.3.attn.mlp, false",
        "model.**.mlp, model.layers.3.mlp, true",
        "**, model, true",
        "model.*, model, false",
        "*, model, true",
        "*, model.layers, false",
        "**mlp, model.layers.3.mlp, true",
        "model.l*s.**, model.layers.0.mlp, true",
        "model.layers[0:4], model.layers.3, true",
        "model.layers[0:4], model.layers.4, false",
        "model.layers[:2].mlp, model.layers.1.mlp, true",
        "model.layers[1:], model.layers.0, false",
        "model.layers[0:4], model.layers.x, false",
        "model.layers[0:99999999999], model.layers.5, true",
        "model.layers[-99999999999:4], model.layers.3, true",
        "model.layers[-1:], model.layers.4, true",
        "model.layers[-1:], model.layers.3, false",
        "model.layers[:-1], model.layers.4, false",
        "model.layers[2:1], model.layers.1, false",
        "model.layers[0:4].*, model.layers.12.mlp, false"
    })
    void glob_matchesWhatItSays(String glob, String path, boolean matches) {
        assertThat(ModulePattern.isGlob(glob)).isTrue();
        assertThat(ModulePattern.of(glob).matches(path, list -> 5)).isEqualTo(matches);
    }

    @Test
    void glob_ofManyStars_endsSoon() {
        String path = "model." + "a.".repeat(200) + "b";
        assertThat(ModulePattern.of("**a".repeat(150) + "c").matches(path, list -> 5)).isFalse();
        assertThat(ModulePattern.of("*a*.".repeat(150) + "**c").matches(path, list -> 5)).isFalse();
        assertThat(ModulePattern.of("*".repeat(1_000_001)).matches(path, list -> 5)).isTrue();
        assertThat(ModulePattern.of("**".repeat(100_000) + "b").matches(path, list -> 5)).isTrue();
    }
}
