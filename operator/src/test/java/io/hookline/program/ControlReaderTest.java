/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hookline.schema.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlReaderTest {
    @Test
    void policy_isReadWithItsMatchAndTime() throws Exception {
        ControlEntry entry =
                read(
                        "{'put':'policy','name':'calm','body':{'cache':[{'name':'c'}]},"
                                + "'match':{'headers':{'a':'b'},'tenant':'t','model':'m','share':0.5},"
                                + "'effective':1000}");

        assertThat(entry)
                .isInstanceOfSatisfying(
                        ControlEntry.Policy.class,
                        policy -> {
                            assertThat(policy.key()).isEqualTo("policy/calm");
                            assertThat(policy.body().cache().get(0).name()).hasValue("c");
                            assertThat(policy.match())
                                    .hasValue(
                                            new PolicyMatch(
                                                    Map.of("a", "b"),
                                                    Optional.of("t"),
                                                    Optional.of("m"),
                                                    OptionalDouble.of(0.5)));
                            assertThat(policy.effective()).hasValue(Instant.ofEpochSecond(1));
                        });
    }

    @Test
    void vector_isReadAsATensor() throws Exception {
        assertThat(read("{'put':'vector','name':'v','body':2.5}"))
                .isEqualTo(
                        new ControlEntry.Vector(
                                "v", TensorValue.Literal.scalar(2.5f), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = "rule")
    void otherKinds_areKeptAsJsonText(String kind) throws Exception {
        ControlEntry entry = read("{'put':'%s','name':'n','body':{'a':[1]}}".formatted(kind));

        assertThat(entry)
                .isEqualTo(
                        new ControlEntry.Document(
                                ControlKind.BY_NAME.get(kind),
                                "n",
                                "{\"a\":[1]}",
                                Optional.empty(),
                                Optional.empty()));
    }

    @Test
    void model_isReadWithWhatItSays() throws Exception {
        String digest = "AB".repeat(32);
        assertThat(
                        read(
                                "{'put':'model','name':'m','effective':1000,'body':{'path':'a/b','version':'2',"
                                        + "'digest':'%s','tokenizer':'t','weights':'int8','threads':2,'device':'cuda'}}"
                                                .formatted(digest)))
                .isEqualTo(
                        new ControlEntry.Model(
                                "m",
                                new ModelBody(
                                        "a/b",
                                        Optional.of("2"),
                                        Optional.of("ab".repeat(32)),
                                        Optional.of("t"),
                                        Optional.of("int8"),
                                        OptionalInt.of(2),
                                        Optional.of("cuda")),
                                Optional.of(Instant.ofEpochSecond(1))));
        assertThat(
                        ((ControlEntry.Model)
                                        read("{'put':'model','name':'m','body':{'path':'a'}}"))
                                .body())
                .isEqualTo(
                        new ModelBody(
                                "a",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                OptionalInt.empty(),
                                Optional.empty()));
    }

    @Test
    void removal_isReadFromTheEvent_andFromTheKeyOfATombstone() throws Exception {
        ControlEntry removal =
                new ControlEntry.Removal(ControlKind.VECTOR, "a/b", Optional.empty());

        assertThat(read("{'remove':'vector','name':'a/b'}")).isEqualTo(removal);
        assertThat(ControlReader.removal("vector/a/b")).isEqualTo(removal);
        assertThat(removal.key()).isEqualTo("vector/a/b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "vector", "vector/", "/v", "vectr/v"})
    void keyThatIsNone_isRefused(String key) {
        ProgramException refusal =
                assertThrows(ProgramException.class, () -> ControlReader.removal(key));

        assertThat(refusal).hasMessageContaining("'kind/name'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'name':'n','body':1}                          | MALFORMED_EVENT | ~~",
                "{'put':'vector','remove':'vector','name':'n','body':1} | MALFORMED_EVENT | ~~",
                "{'put':'vectr','name':'n','body':{}}           | MALFORMED_EVENT | /put",
                "{'put':'vector','name':'','body':1}            | MALFORMED_EVENT | /name",
                "{'put':'vector','body':1}                      | MALFORMED_EVENT | ~~",
                "{'put':'vector','name':'n'}                    | MALFORMED_EVENT | ~~",
                "{'put':'vector','name':'n','body':'x'}         | MALFORMED_EVENT | /body",
                "{'put':'vector','name':'n','body':{'ref':'x'}} | MALFORMED_EVENT | /body/ref",
                "{'put':'vector','name':'n','body':1,'match':{}} | MALFORMED_EVENT | /match",
                "{'put':'rule','name':'n','body':7}             | MALFORMED_EVENT | /body",
                "{'put':'model','name':'n','body':{}}           | MALFORMED_EVENT | /body",
                "{'put':'model','name':'n','body':{'path':''}}  | MALFORMED_EVENT | /body/path",
                "{'put':'model','name':'n','body':{'path':'a','digst':'b'}} | UNKNOWN_FIELD | /body/digst",
                "{'put':'model','name':'n','body':{'path':'a','digest':'b'}} | MALFORMED_EVENT | /body/digest",
                "{'put':'model','name':'n','body':{'path':'a','threads':0}} | MALFORMED_EVENT | /body/threads",
                "{'put':'model','name':'n','body':{'path':'a'},'match':{}} | MALFORMED_EVENT | /match",
                "{'put':'policy','name':'n'}                    | MALFORMED_EVENT | ~~",
                "{'put':'policy','name':'n','body':{'invocations':[{'prompt':'a'}]}} | MALFORMED_EVENT | /body/invocations",
                "{'put':'policy','name':'n','body':{'id':'x'}}  | MALFORMED_EVENT | /body/id",
                "{'put':'policy','name':'n','body':{'policies':['x']}} | MALFORMED_EVENT | /body/policies",
                "{'put':'policy','name':'n','body':{'cache':[{'dtype':'f'}]}} | DTYPE_MISMATCH | /body/cache/0/dtype",
                "{'put':'policy','name':'n','body':{},'match':{'share':2}} | MALFORMED_EVENT | /match/share",
                "{'put':'policy','name':'n','body':{},'match':{'tenan':'x'}} | UNKNOWN_FIELD | /match/tenan",
                "{'put':'policy','name':'n','body':{},'effective':'soon'} | MALFORMED_EVENT | /effective",
                "{'remove':'policy','name':'n','body':{}}       | MALFORMED_EVENT | /body",
                "{'remove':'policy'}                            | MALFORMED_EVENT | ~~",
            })
    void wrongEvent_isOneProblem_atTheDeepestWrongValue(
            String json, ErrorCode code, String pointer) {
        ProgramException refusal = assertThrows(ProgramException.class, () -> read(json));

        assertThat(refusal.problems())
                .extracting(Problem::code, Problem::pointer)
                .containsExactly(tuple(code, pointer));
    }

    @Test
    void policyBody_mayNameStepsAndSourcesThatOnlySomeEventsHave() throws Exception {
        ControlEntry entry =
                read(
                        "{'put':'policy','name':'n','body':{'interventions':[{'at':'x.output',"
                                + "'op':'patch','steps':5,'from':{'invocation':3}}]}}");

        assertThat(((ControlEntry.Policy) entry).body().interventions()).hasSize(1);
    }

    private static ControlEntry read(String json) throws ProgramException {
        return ControlReader.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
