/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.Destination;
import io.hookline.schema.Destination.Activations;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicRoutingTest {
    private static final List<Destination> FIXED =
            List.of(
                    new Destination.Results(),
                    new Destination.DeadLetters(),
                    new Destination.Signals(),
                    new Destination.Alerts(),
                    new Destination.Models());

    private final TopicRouting routing = routing("lab.", "activations.{module}");

    @Test
    void destinations_haveTheirTopics() {
        assertThat(FIXED.stream().map(routing::topic))
                .containsExactly(
                        "lab.results",
                        "lab.dead-letters",
                        "lab.signals",
                        "lab.alerts",
                        "lab.models");
        assertThat(routing.topic(new Activations("model.model.layers.0.mlp")))
                .isEqualTo("lab.activations.model.model.layers.0.mlp");
    }

    @ParameterizedTest
    @CsvSource({
        "layers[0:4], lab.activations.layers-5b-0-3a-4-5d-",
        "a/b c, lab.activations.a-2f-b-20-c",
        "ünï, lab.activations.-fc-n-ef-",
        "😀, lab.activations.-1f600-",
        "a_b-c, lab.activations.a_b-c",
        "'', lab.activations."
    })
    void illegalCharacters_areEscaped(String module, String topic) {
        assertThat(routing.topic(new Activations(module))).isEqualTo(topic);
    }

    @Test
    void longNames_areCutAndStayDifferent() {
        String one = routing.topic(new Activations("m".repeat(300) + "1"));
        String two = routing.topic(new Activations("m".repeat(300) + "2"));
        assertThat(one).hasSize(249).startsWith("lab.activations.mmm").isNotEqualTo(two);
    }

    @Test
    void dots_alone_areNoName() {
        TopicRouting bare = routing("", "{module}");
        assertThat(bare.topic(new Activations("."))).isEqualTo("-2e-");
        assertThat(bare.topic(new Activations(".."))).isEqualTo("-2e--2e-");
    }

    @Test
    void modules_thatKafkaDoesNotTellApart_areNamed() {
        assertThatThrownBy(
                        () ->
                                routing.check(
                                        Set.of(
                                                new Activations("self.attn.q_proj"),
                                                new Activations("self_attn.q_proj"))))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContainingAll(
                        "module 'self.attn.q_proj'",
                        "module 'self_attn.q_proj'",
                        "'lab.activations.self.attn.q_proj'",
                        "'lab.activations.self_attn.q_proj'",
                        "collide");
    }

    @Test
    void modules_thatEscapeToOneTopic_areNamed() {
        assertThatThrownBy(
                        () ->
                                routing.check(
                                        List.of(new Activations("a b"), new Activations("a-20-b"))))
                .hasMessage(
                        "module 'a b' and module 'a-20-b' have the same topic"
                                + " 'lab.activations.a-20-b'");
    }

    @Test
    void oneTopicForAllModules_isNoCollision() {
        TopicRouting single = routing("", "activations");
        List<Activations> modules = List.of(new Activations("a"), new Activations("b"));
        single.check(modules);
        assertThat(modules.stream().map(single::topic)).containsOnly("activations");
    }

    @Test
    void pattern_matchesAllOfItsTopicsAndNoOthers() {
        TopicRouting odd = routing("a+b.", "act.{module}.x");
        for (TopicRouting each : List.of(routing, odd)) {
            Set<String> topics = FIXED.stream().map(each::topic).collect(Collectors.toSet());
            topics.add(each.topic(new Activations("m.0")));
            topics.add(each.topic(new Activations("m".repeat(400))));
            assertThat(topics).allMatch(each.pattern().asMatchPredicate());
        }
        assertThat(List.of("results", "lab.resultsx", "labxresults", "lab.events", "lab.act.x"))
                .noneMatch(routing.pattern().asMatchPredicate());
        assertThat("lab.activations.x").matches(routing("lab.", "activations.x").pattern());
        assertThat("lab.activations.y").doesNotMatch(routing("lab.", "activations.x").pattern());
    }

    @Test
    void routing_travelsWithTheJob() throws Exception {
        assertThat(InstantiationUtil.clone(routing).topic(new Destination.Results()))
                .isEqualTo("lab.results");
    }

    private static TopicRouting routing(String prefix, String activations) {
        return new TopicRouting(
                new TopicNames(
                        prefix,
                        activations,
                        "results",
                        "dead-letters",
                        "signals",
                        "alerts",
                        "models"));
    }
}
