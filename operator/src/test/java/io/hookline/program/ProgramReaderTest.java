/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramReaderTest {
    private static final String AT = "'at':'model.layers.0.output'";

    @Test
    void smallestProgram_hasTheDefaultsOfTheReference() throws Exception {
        Program program = read("{'invocations':[{'prompt':'a'}],'stop':null}");

        assertThat(program)
                .isEqualTo(
                        new Program(
                                About.nothing(),
                                List.of(),
                                List.of(
                                        new Invocation(
                                                Optional.empty(),
                                                new Prompt.Text("a"),
                                                List.of(),
                                                List.of())),
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                LogitsRequest.LAST,
                                Optional.empty()));
    }

    @Test
    void description_isReadWhole() throws Exception {
        Program program =
                read(
                        "{'id':'e','model':'m','tenant':'t','session':'s','time':1700000000123,"
                                + "'headers':{'traceparent':'00-1'},'policies':['calm','b'],"
                                + "'invocations':[{'tokens':[1,0],'name':'first'}]}");

        assertThat(program.about())
                .isEqualTo(
                        new About(
                                Optional.of("e"),
                                Optional.of("m"),
                                Optional.of("t"),
                                Optional.of("s"),
                                Optional.of(Instant.ofEpochMilli(1700000000123L)),
                                Map.of("traceparent", "00-1")));
        assertThat(program.policies()).containsExactly("calm", "b");
        assertThat(program.invocations().get(0).prompt())
                .isEqualTo(new Prompt.Tokens(List.of(1, 0)));
        assertThat(program.invocations().get(0).name()).hasValue("first");
    }

    @Test
    void isoTime_withOffset_isAnInstant() throws Exception {
        Program program =
                read("{'time':'2026-01-02T03:04:05.5+01:00','invocations':[{'prompt':'a'}]}");

        assertThat(program.about().time()).hasValue(Instant.parse("2026-01-02T02:04:05.500Z"));
    }

    @Test
    void generation_isReadWhole() throws Exception {
        Program program =
                read(
                        "{'invocations':[{'prompt':'a'}],'logits':'all','generate':{"
                                + "'max_new_tokens':8,'eos_token_ids':[2],'temperature':0.5,"
                                + "'top_k':3,'top_p':1,'seed':-7}}");

        assertThat(program.generate())
                .hasValue(
                        new Generation(
                                8,
                                Optional.of(List.of(2)),
                                0.5,
                                OptionalInt.of(3),
                                OptionalDouble.of(1),
                                OptionalLong.of(-7)));
        assertThat(program.logits()).isEqualTo(LogitsRequest.ALL);
        assertThat(program.steps()).isEqualTo(8);
    }

    @Test
    void edit_hasTheDefaultsOfTheReference_andItsPointer() throws Exception {
        Intervention edit = edit("'op':'add','vector':1");

        assertThat(edit)
                .isEqualTo(
                        new Intervention(
                                "model.layers.0.output",
                                new Operation.Add(TensorValue.Literal.scalar(1), 1),
                                new StepSelector.At(0),
                                new TokenSelector.All(),
                                new UnitSelector.All(),
                                Optional.empty(),
                                "/invocations/0/interventions/0"));
    }

    @Test
    void operations_areReadWithTheirFields() throws Exception {
        TensorValue one = TensorValue.Literal.scalar(1);
        assertThat(edit("'op':'replace','value':1").operation())
                .isEqualTo(new Operation.Replace(one));
        assertThat(edit("'op':'scale','by':2").operation()).isEqualTo(new Operation.Scale(2));
        assertThat(edit("'op':'zero'").operation()).isEqualTo(new Operation.Zero());
        assertThat(edit("'op':'mean'").operation()).isEqualTo(new Operation.Mean(Optional.empty()));
        assertThat(edit("'op':'mean','value':1").operation())
                .isEqualTo(new Operation.Mean(Optional.of(one)));
        assertThat(edit("'op':'clamp','max':2").operation())
                .isEqualTo(new Operation.Clamp(OptionalDouble.empty(), OptionalDouble.of(2)));
        assertThat(edit("'op':'project_out','direction':{'ref':'d'}").operation())
                .isEqualTo(new Operation.ProjectOut(new TensorValue.Ref("d")));
        assertThat(edit("'op':'lerp','to':1,'weight':0.5").operation())
                .isEqualTo(new Operation.Lerp(one, 0.5));
        assertThat(edit("'op':'patch','from':{'invocation':0,'at':'x','tokens':[1]}").operation())
                .isEqualTo(
                        new Operation.Patch(
                                0,
                                Optional.of("x"),
                                Optional.of(new TokenSelector.Listed(List.of(1)))));
        assertThat(edit("'op':'skip','with':'input'").operation())
                .isEqualTo(new Operation.Skip(Optional.empty()));
        assertThat(edit("'op':'skip','with':1").operation())
                .isEqualTo(new Operation.Skip(Optional.of(one)));
        assertThat(edit("'op':'stop'").operation()).isEqualTo(new Operation.Stop());
        assertThat(edit("'op':'call','function':'f','args':{'k':[1,'x']}").operation())
                .isEqualTo(new Operation.Call("f", Map.of("k", "[1,\"x\"]")));
    }

    @Test
    void selectors_areReadInEveryForm() throws Exception {
        assertThat(edit("'op':'zero','steps':'all'").steps()).isEqualTo(new StepSelector.All());
        assertThat(edit("'op':'zero','steps':1").steps()).isEqualTo(new StepSelector.At(1));
        assertThat(edit("'op':'zero','steps':[0,2]").steps())
                .isEqualTo(new StepSelector.Listed(List.of(0, 2)));
        assertThat(edit("'op':'zero','steps':'1:3'").steps())
                .isEqualTo(new StepSelector.Range(OptionalInt.of(1), OptionalInt.of(3)));
        assertThat(edit("'op':'zero','tokens':'last'").tokens())
                .isEqualTo(new TokenSelector.Last());
        assertThat(edit("'op':'zero','tokens':'first'").tokens())
                .isEqualTo(new TokenSelector.First());
        assertThat(edit("'op':'zero','tokens':'generated'").tokens())
                .isEqualTo(new TokenSelector.Generated());
        assertThat(edit("'op':'zero','tokens':[0,-1]").tokens())
                .isEqualTo(new TokenSelector.Listed(List.of(0, -1)));
        assertThat(edit("'op':'zero','tokens':'-2:'").tokens())
                .isEqualTo(new TokenSelector.Range(OptionalInt.of(-2), OptionalInt.empty()));
        assertThat(edit("'op':'zero','units':'32:64'").units())
                .isEqualTo(new UnitSelector.Range(OptionalInt.of(32), OptionalInt.of(64)));
        assertThat(edit("'op':'zero','units':[3]").units())
                .isEqualTo(new UnitSelector.Listed(List.of(3)));
    }

    @Test
    void tensors_areReadInEveryForm() throws Exception {
        assertThat(vector("-2.5")).isEqualTo(TensorValue.Literal.scalar(-2.5f));
        assertThat(vector("[[1,2],[3,4],[5,6]]"))
                .isEqualTo(
                        new TensorValue.Literal(
                                ElementType.FLOAT32,
                                new int[] {3, 2},
                                new float[] {1, 2, 3, 4, 5, 6}));
        assertThat(vector("{'dtype':'float16','shape':[2],'data':'ADwAwA=='}"))
                .isEqualTo(
                        new TensorValue.Literal(
                                ElementType.FLOAT16, new int[] {2}, new float[] {1, -2}));
        assertThat(vector("{'dtype':'bfloat16','shape':[],'data':'gD8='}"))
                .isEqualTo(
                        new TensorValue.Literal(ElementType.BFLOAT16, new int[0], new float[] {1}));
        assertThat(vector("{'dtype':'uint8','shape':[1,1],'data':'/w=='}"))
                .isEqualTo(
                        new TensorValue.Literal(
                                ElementType.UINT8, new int[] {1, 1}, new float[] {255}));
        assertThat(vector("{'ref':'calm'}")).isEqualTo(new TensorValue.Ref("calm"));
    }

    @Test
    void cachePolicy_hasTheDefaultsOfTheReference() throws Exception {
        CachePolicy cache = cache("{'modules':null,'device':'cpu','detach':false}");

        assertThat(cache)
                .isEqualTo(
                        new CachePolicy(
                                Optional.empty(),
                                Optional.empty(),
                                new CachePolicy.Ios(true, false, false),
                                Optional.empty(),
                                new CachePolicy.Selection(
                                        new StepSelector.All(),
                                        new TokenSelector.All(),
                                        new UnitSelector.All()),
                                new Reduction.None(),
                                CachePolicy.Stage.POST,
                                new CachePolicy.Names(Map.of(), Map.of(), true),
                                1,
                                "/cache/0"));
    }

    @Test
    void cachePolicy_isReadWhole() throws Exception {
        CachePolicy cache =
                cache(
                        "{'name':'n','modules':['a','b.*'],'include_output':false,"
                                + "'include_inputs':true,'include_attention':true,'dtype':'bfloat16',"
                                + "'rename':{'mlp':'ffn'},'alias':{'a':'c'},'steps':0,'tokens':'last',"
                                + "'units':'0:8','unknown_modules':'ignore','sample':0.25,"
                                + "'reduce':{'lens':5},'stage':'both'}");

        assertThat(cache)
                .isEqualTo(
                        new CachePolicy(
                                Optional.of("n"),
                                Optional.of(List.of("a", "b.*")),
                                new CachePolicy.Ios(false, true, true),
                                Optional.of(ElementType.BFLOAT16),
                                new CachePolicy.Selection(
                                        new StepSelector.At(0),
                                        new TokenSelector.Last(),
                                        new UnitSelector.Range(
                                                OptionalInt.of(0), OptionalInt.of(8))),
                                new Reduction.Lens(5),
                                CachePolicy.Stage.BOTH,
                                new CachePolicy.Names(
                                        Map.of("mlp", "ffn"), Map.of("a", "c"), false),
                                0.25,
                                "/cache/0"));
    }

    @Test
    void reductions_areReadInEveryForm() throws Exception {
        assertThat(cache("{'reduce':'mean'}").reduce()).isEqualTo(new Reduction.Mean());
        assertThat(cache("{'reduce':'max'}").reduce()).isEqualTo(new Reduction.Max());
        assertThat(cache("{'reduce':'norm'}").reduce()).isEqualTo(new Reduction.Norm());
        assertThat(cache("{'reduce':'none'}").reduce()).isEqualTo(new Reduction.None());
        assertThat(cache("{'reduce':{'project':{'ref':'p'}}}").reduce())
                .isEqualTo(new Reduction.Project(new TensorValue.Ref("p")));
    }

    @Test
    void stop_isReadWhole() throws Exception {
        Program program =
                read(
                        "{'invocations':[{'prompt':'a'}],'stop':{'module':'m','io':'input','step':0}}");

        assertThat(program.stop()).hasValue(new StopAt("m", Io.INPUT, 0, "/stop"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'op':'zero','steps':-1         | STEP_OUT_OF_RANGE | /steps",
                "'op':'zero','steps':'0:4'      | STEP_OUT_OF_RANGE | /steps",
                "'op':'zero','steps':'3:'       | STEP_OUT_OF_RANGE | /steps",
                "'op':'zero','steps':[0,3]      | STEP_OUT_OF_RANGE | /steps/1",
                "'op':'zero','steps':1.5        | MALFORMED_EVENT   | /steps",
                "'op':'zero','steps':'0:3:1'    | MALFORMED_EVENT   | /steps",
                "'op':'zero','tokens':'lst'     | MALFORMED_EVENT   | /tokens",
                "'op':'zero','tokens':['a']     | MALFORMED_EVENT   | /tokens/0",
                "'op':'zero','units':true       | MALFORMED_EVENT   | /units",
                "'op':'zero','by':1             | UNKNOWN_FIELD     | /by",
                "'op':7                         | MALFORMED_EVENT   | /op",
                "'name':'x'                     | MALFORMED_EVENT   | ~~",
                "'op':'scale','by':1e39         | MALFORMED_EVENT   | /by",
                "'op':'scale','by':1e999        | MALFORMED_EVENT   | /by",
                "'op':'scale','by':null         | MALFORMED_EVENT   | /by",
                "'op':'clamp'                   | MALFORMED_EVENT   | ~~",
                "'op':'clamp','min':'a'         | MALFORMED_EVENT   | /min",
                "'op':'add','vector':'calm'     | MALFORMED_EVENT   | /vector",
                "'op':'add','vector':[1,[2]]    | MALFORMED_EVENT   | /vector/1",
                "'op':'add','vector':[[1],2]    | MALFORMED_EVENT   | /vector/1",
                "'op':'add','vector':[[1],[2,3]] | MALFORMED_EVENT  | /vector/1",
                "'op':'add','vector':[1,1e39]   | MALFORMED_EVENT   | /vector/1",
                "'op':'add','vector':[]         | SHAPE_MISMATCH    | /vector",
                "'op':'add','vector':{}         | MALFORMED_EVENT   | /vector",
                "'op':'add','vector':{'ref':''} | MALFORMED_EVENT   | /vector/ref",
                "'op':'add','vector':{'reff':'a'} | UNKNOWN_FIELD   | /vector/reff",
                "'op':'add','vector':{'ref':'a','shape':[1]} | UNKNOWN_FIELD | /vector/shape",
                "'op':'add','vector':{'dtype':'float32','shape':[1]} | MALFORMED_EVENT | /vector",
                "'op':'add','vector':{'dtype':'float32','shape':[1],'data':'!'} | MALFORMED_EVENT | /vector/data",
                "'op':'add','vector':{'dtype':'float32','shape':[1],'data':'AADAfw=='} | MALFORMED_EVENT | /vector/data",
                "'op':'add','vector':{'dtype':'float32','shape':[-1],'data':''} | MALFORMED_EVENT | /vector/shape/0",
                "'op':'add','vector':{'dtype':'float32','shape':[0],'data':''} | SHAPE_MISMATCH | /vector/shape",
                "'op':'add','vector':{'dtype':'float32','shape':[65536,65536,65536],'data':'AACAPw=='} | SHAPE_MISMATCH | /vector/data",
                "'op':'project_out','direction':[[1,0],[0,0]] | MALFORMED_EVENT | /direction",
                "'op':'project_out','direction':0 | MALFORMED_EVENT | /direction",
                "'op':'lerp','to':1             | MALFORMED_EVENT   | ~~",
                "'op':'patch'                   | MALFORMED_EVENT   | ~~",
                "'op':'patch','from':{}         | MALFORMED_EVENT   | /from",
                "'op':'patch','from':{'invocation':1} | BARRIER_UNMET | /from/invocation",
                "'op':'patch','from':{'invocation':-1} | BARRIER_UNMET | /from/invocation",
                "'op':'skip'                    | MALFORMED_EVENT   | ~~",
                "'op':'skip','with':'output'    | MALFORMED_EVENT   | /with",
                "'op':'call','function':''      | MALFORMED_EVENT   | /function",
                "'op':'call','function':'f','args':[] | MALFORMED_EVENT | /args",
            })
    void wrongEdit_isOneProblem_atTheDeepestWrongValue(
            String fields, ErrorCode code, String pointer) {
        List<Problem> problems = problems(withEdit(fields));

        assertThat(problems)
                .extracting(Problem::code, Problem::pointer)
                .containsExactly(tuple(code, "/invocations/0/interventions/0" + pointer));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[]                              | ~~",
                "7                               | ~~",
                "{}                              | ~~",
                "{'invocations':null}            | /invocations",
                "{'invocations':{}}              | /invocations",
                "{'invocations':[7]}             | /invocations/0",
                "{'invocations':[{}]}            | /invocations/0",
                "{'invocations':[{'tokens':[1,-1]}]} | /invocations/0/tokens/1",
                "{'invocations':[{'tokens':[3000000000]}]} | /invocations/0/tokens/0",
                "{'invocations':[{'prompt':'\\ud800'}]} | /invocations/0/prompt",
                "{'id':'','invocations':[{'prompt':'a'}]} | /id",
                "{'time':'yesterday','invocations':[{'prompt':'a'}]} | /time",
                "{'time':'2026-01-01T00:00:00','invocations':[{'prompt':'a'}]} | /time",
                "{'time':9000000000000000000,'invocations':[{'prompt':'a'}]} | /time",
                "{'headers':{'a/b':1},'invocations':[{'prompt':'a'}]} | /headers/a~1b",
                "{'policies':['']," + "'invocations':[{'prompt':'a'}]} | /policies/0",
                "{'logits':'first','invocations':[{'prompt':'a'}]} | /logits",
                "{'generate':{},'invocations':[{'prompt':'a'}]} | /generate",
                "{'generate':{'max_new_tokens':0},'invocations':[{'prompt':'a'}]} | /generate/max_new_tokens",
                "{'generate':{'max_new_tokens':1,'temperature':-1},'invocations':[{'prompt':'a'}]} | /generate/temperature",
                "{'generate':{'max_new_tokens':1,'top_k':0},'invocations':[{'prompt':'a'}]} | /generate/top_k",
                "{'generate':{'max_new_tokens':1,'top_p':0},'invocations':[{'prompt':'a'}]} | /generate/top_p",
                "{'generate':{'max_new_tokens':1,'top_p':1.5},'invocations':[{'prompt':'a'}]} | /generate/top_p",
                "{'generate':{'max_new_tokens':1,'seed':0.5},'invocations':[{'prompt':'a'}]} | /generate/seed",
                "{'stop':{'io':'input'},'invocations':[{'prompt':'a'}]} | /stop",
                "{'stop':{'module':'m','io':'attention'},'invocations':[{'prompt':'a'}]} | /stop/io",
                "{'cache':[{'sample':1.1}],'invocations':[{'prompt':'a'}]} | /cache/0/sample",
                "{'cache':[{'modules':'model.*'}],'invocations':[{'prompt':'a'}]} | /cache/0/modules",
                "{'cache':[{'modules':['']}],'invocations':[{'prompt':'a'}]} | /cache/0/modules/0",
                "{'cache':[{'device':'cuda'}],'invocations':[{'prompt':'a'}]} | /cache/0/device",
                "{'cache':[{'detach':1}],'invocations':[{'prompt':'a'}]} | /cache/0/detach",
                "{'cache':[{'stage':'during'}],'invocations':[{'prompt':'a'}]} | /cache/0/stage",
                "{'cache':[{'reduce':{}}],'invocations':[{'prompt':'a'}]} | /cache/0/reduce",
                "{'cache':[{'reduce':{'lens':0}}],'invocations':[{'prompt':'a'}]} | /cache/0/reduce/lens",
                "{'cache':[{'reduce':'median'}],'invocations':[{'prompt':'a'}]} | /cache/0/reduce",
                "{'cache':[{'rename':{'a':1}}],'invocations':[{'prompt':'a'}]} | /cache/0/rename/a",
            })
    void impossibleValue_isMalformed_atTheDeepestWrongValue(String program, String pointer) {
        assertThat(problems(program))
                .extracting(Problem::code, Problem::pointer)
                .containsExactly(tuple(ErrorCode.MALFORMED_EVENT, pointer));
    }

    @Test
    void stepOfStopOrCache_beyondTheProgram_isOutOfRange() {
        assertThat(
                        problems(
                                "{'invocations':[{'prompt':'a','cache':[{'steps':1}]}],"
                                        + "'cache':[{'steps':[0,1]}],'stop':{'module':'m','step':1}}"))
                .extracting(Problem::code, Problem::pointer)
                .containsExactly(
                        tuple(ErrorCode.STEP_OUT_OF_RANGE, "/invocations/0/cache/0/steps"),
                        tuple(ErrorCode.STEP_OUT_OF_RANGE, "/cache/0/steps/1"),
                        tuple(ErrorCode.STEP_OUT_OF_RANGE, "/stop/step"));
    }

    @Test
    void unknownField_namesTheNearestKnown_elseTheAllowed() {
        assertThat(problems("{'invocations':[{'prompt':'a'}],'generat':{},'zzzzzzzzz':1}"))
                .extracting(Problem::message)
                .satisfiesExactly(
                        near -> assertThat(near).endsWith("did you mean 'generate'?"),
                        far -> assertThat(far).contains("allowed are 'id', 'model', 'tenant'"));
    }

    @Test
    void unknownOperation_namesAllAndTheNearest() {
        assertThat(problems(withEdit("'op':'project','direction':[1]")))
                .singleElement()
                .satisfies(
                        problem ->
                                assertThat(problem.message())
                                        .contains("'replace', 'add', 'scale', 'zero', 'mean'"));
    }

    @Test
    void missingField_isNotReported_whereAnUnknownFieldWasMeantToBeIt() {
        assertThat(problems("{'invocations':[{'promt':'a'}]}"))
                .extracting(Problem::code, Problem::pointer)
                .containsExactly(tuple(ErrorCode.UNKNOWN_FIELD, "/invocations/0/promt"));
    }

    private static Program read(String json) throws ProgramException {
        return ProgramReader.read(bytes(json));
    }

    private static Intervention edit(String fields) throws ProgramException {
        return read(withEdit(fields)).invocations().get(0).interventions().get(0);
    }

    private static String withEdit(String fields) {
        return "{'generate':{'max_new_tokens':3},'invocations':[{'prompt':'a','interventions':[{%s,%s}]}]}"
                .formatted(AT, fields);
    }

    private static TensorValue vector(String tensor) throws ProgramException {
        return ((Operation.Add) edit("'op':'add','vector':" + tensor).operation()).vector();
    }

    private static CachePolicy cache(String policy) throws ProgramException {
        return read("{'invocations':[{'prompt':'a'}],'cache':[%s]}".formatted(policy))
                .cache()
                .get(0);
    }

    private static List<Problem> problems(String json) {
        return assertThrows(ProgramException.class, () -> read(json)).problems();
    }

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
