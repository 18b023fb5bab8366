/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.schema.ControlEvent;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.PromptEvent;
import io.hookline.schema.codec.AvroFraming;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AvroDocumentTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AvroFraming WIRE = AvroFraming.singleObject();

    static Stream<Path> programs() throws Exception {
        return ConformanceProgramsTest.programs();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void avroEvent_ofAConformanceProgram_readsAsTheJsonDoes(Path file) throws Exception {
        byte[] json = Files.readAllBytes(file);
        PromptEvent event = AvroEvents.of(JSON.readTree(json), PromptEvent.class);
        PromptEvent received = WIRE.decode(WIRE.encode(event), PromptEvent.class);

        assertThat(ProgramReader.read(received)).isEqualTo(ProgramReader.read(json));
        assertThat(ProgramReader.read(received)).isEqualTo(ProgramReader.read(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "patch-from-nowhere",
                "tensor-of-unknown-dtype",
                "tensor-data-too-short",
                "min-above-max",
                "no-invocations",
                "prompt-and-tokens",
                "tokens-empty",
                "prompt-empty",
                "missing-vector",
                "zero-direction",
                "step-out-of-range",
                "unknown-op"
            })
    void wrongAvroEvent_isRefusedAsTheJsonIs(String name) throws Exception {
        Path file = Path.of("src/test/resources/conformance/errors", name + ".json");
        JsonNode program = JSON.readTree(file.toFile()).get("program");
        PromptEvent event = AvroEvents.of(program, PromptEvent.class);

        assertThat(ProgramReader.draft(event).problems())
                .isNotEmpty()
                .isEqualTo(ProgramReader.draft(program).problems());
    }

    @Test
    void argumentThatIsNoJson_isRefused_atItsPlace() throws Exception {
        JsonNode program =
                json(
                        "{'invocations':[{'prompt':'a','interventions':[{'at':'x.output',"
                                + "'op':'call','function':'f','args':{'k':1}}]}]}");
        PromptEvent event = AvroEvents.of(program, PromptEvent.class);
        event.getInvocations()
                .get(0)
                .getInterventions()
                .get(0)
                .getArgs()
                .orElseThrow()
                .put("k", "{");

        assertThat(ProgramReader.draft(event).problems())
                .extracting(Problem::code, Problem::pointer)
                .containsExactly(
                        tuple(ErrorCode.MALFORMED_EVENT, "/invocations/0/interventions/0/args/k"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'put':'policy','name':'p','body':{'cache':[{'reduce':{'lens':3}}]},"
                        + "'match':{'share':0.5},'effective':'2026-01-01T00:00:00Z'}",
                "{'put':'vector','name':'v','body':[1.5,2.0]}",
                "{'put':'vector','name':'v','body':2.5}",
                "{'put':'vector','name':'v','body':{'dtype':'float32','shape':[1],'data':'AACAPw=='}}",
                "{'remove':'rule','name':'r'}",
            })
    void avroControlEvent_readsAsTheJsonDoes(String text) throws Exception {
        ControlEvent event = AvroEvents.of(json(text), ControlEvent.class);
        ControlEvent received = WIRE.decode(WIRE.encode(event), ControlEvent.class);

        assertThat(ControlReader.read(received)).isEqualTo(ControlReader.read(json(text)));
    }

    @Test
    void bodyAsJsonText_readsAsTheBodyItself() throws Exception {
        ControlEvent event =
                AvroEvents.of(json("{'put':'rule','name':'r','body':'@'}"), ControlEvent.class);
        event.put("body", "{\"above\":3}");

        assertThat(ControlReader.read(event))
                .isEqualTo(
                        ControlReader.read(json("{'put':'rule','name':'r','body':{'above':3}}")));
    }

    @Test
    void bodyThatIsNoJsonText_isRefused() throws Exception {
        ControlEvent event =
                AvroEvents.of(json("{'put':'rule','name':'r','body':'{'}"), ControlEvent.class);

        ProgramException refusal =
                assertThrows(ProgramException.class, () -> ControlReader.read(event));

        assertThat(refusal.problems().get(0).pointer()).isEqualTo("/body");
        assertThat(refusal).hasMessageContaining("no valid JSON");
    }

    private static JsonNode json(String text) throws Exception {
        return JSON.readTree(text.replace('\'', '"'));
    }
}
