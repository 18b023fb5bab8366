/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.schema.SourcePosition;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RecordIdProperties {
    @Property(tries = 3000)
    void hex_ofDifferentIds_differs(@ForAll("ids") RecordId one, @ForAll("ids") RecordId other) {
        assertThat(one.hex().equals(other.hex())).isEqualTo(one.equals(other));
    }

    @Property
    void hex_is32Digits(@ForAll("ids") RecordId id) {
        assertThat(id.hex()).matches("[0-9a-f]{32}");
    }

    @Example
    void hex_ofAKnownId_neverChanges() {
        var visit = new RecordId.Visit("model.model.layers.0.mlp", "output", 0, 0, 1, "post");
        var id = new RecordId(new SourcePosition("events", 2, 12345678901L), 1, "mine", visit, 0);
        assertThat(id.hex()).isEqualTo("53c47883f31312fc37c8e716dca5a315");
    }

    @Example
    void hex_textsThatRunTogether_differ() {
        assertThat(id("ab", "c").hex()).isNotEqualTo(id("a", "bc").hex());
    }

    /** Few values of each field, so that ids that differ in one field only are common. */
    @Provide
    Arbitrary<RecordId> ids() {
        Arbitrary<String> texts = Arbitraries.of("", "a", "ab", "b", "\u0000", "ä", "0");
        Arbitrary<Integer> numbers = Arbitraries.of(0, 1, 256, -1);
        var sources =
                Combinators.combine(texts, numbers, numbers.map(n -> n * 3_000_000_000L))
                        .as(SourcePosition::new);
        var visits =
                Combinators.combine(texts, texts, numbers, numbers, numbers, texts)
                        .as(RecordId.Visit::new);
        return Combinators.combine(sources, numbers, texts, visits, numbers).as(RecordId::new);
    }

    private static RecordId id(String cache, String module) {
        var visit = new RecordId.Visit(module, "output", 0, 0, 0, "post");
        return new RecordId(new SourcePosition("events", 0, 0), 0, cache, visit, 0);
    }
}
