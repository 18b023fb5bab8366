/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ProgramReaderProperties {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> FRAGMENTS =
            List.of(
                    "null",
                    "true",
                    "-1",
                    "0",
                    "7",
                    "1e999",
                    "0.5",
                    "3000000000",
                    "\"\"",
                    "\"all\"",
                    "\"2:5\"",
                    "\"\\ud800\"",
                    "[]",
                    "{}",
                    "[[1],2]",
                    "[{}]",
                    "{\"ref\":\"x\"}",
                    "{\"dtype\":\"int8\",\"shape\":[2],\"data\":\"AA==\"}",
                    "{\"invocation\":9}",
                    "{\"op\":\"stop\"}",
                    "{\"lens\":0}");
    private static final List<String> NAMES =
            List.of("at", "op", "steps", "tokns", "vector", "value", "prompt", "from", "x/y~z", "");

    @Provide
    Arbitrary<Program> programs() {
        return ProgramArbitraries.programs();
    }

    @Property(tries = 400)
    void anyTree_isRead_orRefusedWithPointersIntoIt(
            @ForAll("programs") Program program, @ForAll Random random) throws Exception {
        JsonNode document = JSON.readTree(ProgramWriter.write(program));
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            mutate(document, random);
        }

        ProgramDraft draft = ProgramReader.draft(document);

        for (Problem problem : draft.problems()) {
            assertThat(document.at(problem.pointer()).isMissingNode())
                    .as("%s in %s", problem, document)
                    .isFalse();
            assertThat(problem.message()).isNotEmpty().doesNotContain("\n");
        }
        assertThat(draft.problems())
                .isEqualTo(new DocumentOrder(() -> document).sorted(draft.problems()));
        if (draft.problems().isEmpty()) {
            assertReadsAgain(draft.program());
        }
    }

    private static void assertReadsAgain(Program program) throws ProgramException {
        assertThat(ProgramReader.read(ProgramWriter.write(program))).isEqualTo(program);
    }

    @Property(tries = 400)
    void anyBytes_areRead_orRefused(@ForAll("programs") Program program, @ForAll Random random) {
        byte[] bytes = mutated(ProgramWriter.write(program), random);

        try {
            assertThat(ProgramReader.read(bytes).invocations()).isNotEmpty();
        } catch (ProgramException refusal) {
            assertThat(refusal.problems()).isNotEmpty();
        }
    }

    @Property(tries = 200)
    void anyBytes_areNoControlEventNorVectors_otherwiseThanByRefusal(@ForAll byte[] bytes) {
        try {
            ControlReader.read(bytes);
            fail("random bytes are no control event: %s", Arrays.toString(bytes));
        } catch (ProgramException refusal) {
            assertThat(refusal.problems()).isNotEmpty();
        }
        try {
            assertThat(VectorsReader.read(bytes)).isEmpty();
        } catch (ProgramException refusal) {
            assertThat(refusal.problems()).isNotEmpty();
        }
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] copy = bytes.clone();
        int at = random.nextInt(copy.length);
        switch (random.nextInt(4)) {
            case 0 -> copy[at] = (byte) random.nextInt();
            case 1 -> copy[at] = (byte) "{}[]\",:0-.e".charAt(random.nextInt(11));
            case 2 -> copy = Arrays.copyOf(copy, at);
            default -> {
                int to = Math.min(copy.length, at + random.nextInt(20));
                System.arraycopy(copy, to, copy, at, copy.length - to);
            }
        }
        return copy;
    }

    private static void mutate(JsonNode document, Random random) throws Exception {
        List<JsonNode> containers = new ArrayList<>();
        collect(document, containers);
        JsonNode container = containers.get(random.nextInt(containers.size()));
        JsonNode fragment = JSON.readTree(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
        if (container instanceof ObjectNode object) {
            mutate(object, fragment, random);
        } else if (container instanceof ArrayNode array) {
            int index = random.nextInt(array.size() + 1);
            array.insert(index, fragment);
        }
    }

    private static void mutate(ObjectNode object, JsonNode fragment, Random random) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        if (names.isEmpty() || random.nextInt(4) == 0) {
            object.set(NAMES.get(random.nextInt(NAMES.size())), fragment);
            return;
        }
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(3)) {
            case 0 -> object.remove(name);
            case 1 -> object.set(name, fragment);
            default -> object.set(name + "x", JsonNodeFactory.instance.numberNode(1));
        }
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }
}
