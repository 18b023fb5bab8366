/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ProgramCompletionProperties {
    @Provide
    Arbitrary<Program> programs() {
        return ProgramArbitraries.programs();
    }

    @Provide
    Arbitrary<Program> policies() {
        return ProgramArbitraries.policies();
    }

    @Property(tries = 300)
    void withoutPolicies_nothingButReferencesChanges(@ForAll("programs") Program program)
            throws ProgramException {
        Program anonymous = withoutPolicies(program);

        Program complete =
                new ProgramCompletion(Map.of(), ones(anonymous)).complete(anonymous, "id");

        assertThat(complete.vectors()).isEmpty();
        assertThat(complete.allInterventions().map(Intervention::pointer))
                .containsExactlyElementsOf(
                        anonymous.allInterventions().map(Intervention::pointer).toList());
        if (anonymous.vectors().isEmpty()) {
            assertThat(complete).isEqualTo(anonymous);
        }
    }

    @Property(tries = 300)
    void withAPolicy_itsEditsComeFirst_andTheEventsFollow(
            @ForAll("programs") Program program, @ForAll("policies") Program policy)
            throws ProgramException {
        Program event = withoutPolicies(program);
        Map<String, TensorValue.Literal> vectors = new HashMap<>(ones(event));
        vectors.putAll(ones(policy));
        PolicyMatch all =
                new PolicyMatch(
                        Map.of(), Optional.empty(), Optional.empty(), OptionalDouble.empty());

        Program complete =
                new ProgramCompletion(
                                Map.of(
                                        "p",
                                        new ControlEntry.Policy(
                                                "p", policy, Optional.of(all), Optional.empty())),
                                vectors)
                        .complete(event, "id");

        assertThat(complete.policies()).containsExactly("p");
        assertThat(complete.interventions().stream().map(Intervention::at))
                .containsExactlyElementsOf(
                        Stream.concat(
                                        policy.interventions().stream(),
                                        event.interventions().stream())
                                .map(Intervention::at)
                                .toList());
        assertThat(complete.allCaches()).allMatch(cache -> cache.name().isPresent());
    }

    private static Map<String, TensorValue.Literal> ones(Program program) {
        Map<String, TensorValue.Literal> ones = new HashMap<>();
        program.vectors().forEach(name -> ones.put(name, TensorValue.Literal.scalar(1)));
        return ones;
    }

    private static Program withoutPolicies(Program program) {
        return new Program(
                program.about(),
                List.of(),
                program.invocations(),
                program.interventions(),
                program.cache(),
                program.generate(),
                program.logits(),
                program.stop());
    }
}
