/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ProgramCompletionTest {
    private static final TensorValue.Literal CALM =
            new TensorValue.Literal(ElementType.FLOAT32, new int[] {2}, new float[] {1, 2});
    private static final TensorValue.Literal NOTHING =
            new TensorValue.Literal(ElementType.FLOAT32, new int[] {2}, new float[2]);

    private final Map<String, ControlEntry.Policy> policies = new TreeMap<>();
    private final Map<String, TensorValue.Literal> vectors =
            new TreeMap<>(Map.of("calm", CALM, "nothing", NOTHING));

    @Test
    void references_becomeValues_whereverTheyStand() throws Exception {
        Program complete =
                complete(
                        "{'invocations':[{'prompt':'a','interventions':["
                                + "{'at':'x.output','op':'add','vector':{'ref':'calm'}}],"
                                + "'cache':[{'reduce':{'project':{'ref':'calm'}}}]}],"
                                + "'interventions':["
                                + "{'at':'x.output','op':'skip','with':{'ref':'calm'}},"
                                + "{'at':'x.output','op':'mean','value':{'ref':'calm'}},"
                                + "{'at':'x.output','op':'replace','value':{'ref':'calm'}},"
                                + "{'at':'x.output','op':'lerp','to':{'ref':'calm'},'weight':0.5},"
                                + "{'at':'x.output','op':'project_out','direction':{'ref':'calm'}}]}");

        assertThat(complete.vectors()).isEmpty();
        assertThat(complete.invocations().get(0).interventions().get(0).operation())
                .isEqualTo(new Operation.Add(CALM, 1));
        assertThat(complete.invocations().get(0).cache().get(0).reduce())
                .isEqualTo(new Reduction.Project(CALM));
        assertThat(complete.interventions().get(4).operation())
                .isEqualTo(new Operation.ProjectOut(CALM));
    }

    @Test
    void unknownVectorAndPolicy_areNamed_inDocumentOrder_withTheNearestName() {
        put("calmer", "{}");

        List<Problem> problems =
                problems(
                        "{'invocations':[{'prompt':'a','interventions':["
                                + "{'at':'x.output','op':'add','vector':{'ref':'clam'}}]}],"
                                + "'policies':['calmre']}");

        assertThat(problems)
                .extracting(Problem::code, Problem::pointer, Problem::message)
                .containsExactly(
                        tuple(
                                ErrorCode.UNKNOWN_VECTOR,
                                "/invocations/0/interventions/0/vector/ref",
                                "no vector 'clam', did you mean 'calm'?"),
                        tuple(
                                ErrorCode.UNKNOWN_POLICY,
                                "/policies/0",
                                "no policy 'calmre', did you mean 'calmer'?"));
    }

    @Test
    void zeroDirection_ofAVector_isRefused() {
        assertThat(
                        problems(
                                "{'invocations':[{'prompt':'a'}],'interventions':[{'at':'x.output',"
                                        + "'op':'project_out','direction':{'ref':'nothing'}}]}"))
                .extracting(Problem::code, Problem::pointer)
                .containsExactly(tuple(ErrorCode.MALFORMED_EVENT, "/interventions/0/direction"));
    }

    @Test
    void policies_actBeforeTheEvent_namedOnesInItsOrder_thenMatchingOnesByName() throws Exception {
        put("b", "{'interventions':[{'at':'b.output','op':'zero'}]}");
        put("a", "{'interventions':[{'at':'a.output','op':'zero'}]}");
        put("n", "{'interventions':[{'at':'n.output','op':'zero'}]}", "{'headers':{'steer':'on'}}");
        put("m", "{'interventions':[{'at':'m.output','op':'zero'}]}", "{'share':1}");
        put("o", "{'interventions':[{'at':'o.output','op':'zero'}]}", "{'tenant':'other'}");

        Program complete =
                complete(
                        "{'headers':{'steer':'on','x':'y'},'policies':['b','a'],"
                                + "'invocations':[{'prompt':'a'}],"
                                + "'interventions':[{'at':'own.output','op':'zero'}]}");

        assertThat(complete.policies()).containsExactly("b", "a", "m", "n");
        assertThat(complete.interventions())
                .extracting(Intervention::at, Intervention::pointer)
                .containsExactly(
                        tuple("b.output", "/policies/b/interventions/0"),
                        tuple("a.output", "/policies/a/interventions/0"),
                        tuple("m.output", "/policies/m/interventions/0"),
                        tuple("n.output", "/policies/n/interventions/0"),
                        tuple("own.output", "/interventions/0"));
    }

    @Test
    void policyThatIsNamedAndMatches_appliesOnce() throws Exception {
        put("m", "{'interventions':[{'at':'m.output','op':'zero'}]}", "{}");

        assertThat(complete("{'policies':['m'],'invocations':[{'prompt':'a'}]}").interventions())
                .hasSize(1);
    }

    @Test
    void cachesOfPolicies_doNotShiftTheNamesOfTheEventsOwn() throws Exception {
        put("p", "{'cache':[{},{'name':'mine'}]}");

        Program complete =
                complete(
                        "{'policies':['p'],'cache':[{}],"
                                + "'invocations':[{'prompt':'a','cache':[{'name':'c'},{}]}]}");

        assertThat(complete.allCaches())
                .extracting(cache -> cache.name().orElse(""), CachePolicy::pointer)
                .containsExactly(
                        tuple("p.0", "/policies/p/cache/0"),
                        tuple("mine", "/policies/p/cache/1"),
                        tuple("0", "/cache/0"),
                        tuple("c", "/invocations/0/cache/0"),
                        tuple("2", "/invocations/0/cache/1"));
    }

    @Test
    void whatThereIsOnlyOneOf_isTheEvents_thenTheLastPolicys() throws Exception {
        put("p", "{'generate':{'max_new_tokens':2},'logits':'none','model':'p'}");
        put("q", "{'generate':{'max_new_tokens':3},'stop':{'module':'q','step':2}}");

        Program complete =
                complete(
                        "{'policies':['p','q'],'model':'own','invocations':[{'prompt':'a'}],"
                                + "'interventions':[{'at':'x.output','op':'zero','steps':2}]}");

        assertThat(complete.steps()).isEqualTo(3);
        assertThat(complete.logits()).isEqualTo(LogitsRequest.NONE);
        assertThat(complete.about().model()).hasValue("own");
        assertThat(complete.stop()).hasValue(new StopAt("q", Io.OUTPUT, 2, "/policies/q/stop"));
    }

    @Test
    void policyThatDoesNotFitTheEvent_isRefused_atItsOwnPlace() {
        put(
                "p",
                "{'interventions':[{'at':'x.output','op':'zero','steps':[0,4]},"
                        + "{'at':'x.output','op':'patch','from':{'invocation':1}},"
                        + "{'at':'x.output','op':'add','vector':{'ref':'gone'}}]}");

        assertThat(problems("{'policies':['p'],'invocations':[{'prompt':'a'}]}"))
                .extracting(Problem::code, Problem::pointer)
                .containsExactlyInAnyOrder(
                        tuple(ErrorCode.STEP_OUT_OF_RANGE, "/policies/p/interventions/0/steps/1"),
                        tuple(
                                ErrorCode.BARRIER_UNMET,
                                "/policies/p/interventions/1/from/invocation"),
                        tuple(ErrorCode.UNKNOWN_VECTOR, "/policies/p/interventions/2/vector/ref"));
    }

    @Test
    void draft_keepsWhatTheReaderFound_andSaysNothingTwice() throws Exception {
        ProgramDraft draft =
                ProgramReader.draft(
                        bytes(
                                "{'interventions':[{'at':'x.output','op':'zero','steps':4},"
                                        + "{'at':'x.output','op':'add','vector':{'ref':'gone'}}],"
                                        + "'invocations':[{'promt':'a'}]}"));

        ProgramDraft complete = new ProgramCompletion(policies, vectors).complete(draft, "id");

        assertThat(complete.problems())
                .extracting(Problem::code, Problem::pointer)
                .containsExactly(
                        tuple(ErrorCode.STEP_OUT_OF_RANGE, "/interventions/0/steps"),
                        tuple(ErrorCode.UNKNOWN_VECTOR, "/interventions/1/vector/ref"),
                        tuple(ErrorCode.UNKNOWN_FIELD, "/invocations/0/promt"));
        assertThat(complete.program().vectors()).isEmpty();
    }

    @Test
    void programWithoutADocument_isRefusedInTheOrderOfTheReference() throws Exception {
        Program program =
                ProgramReader.read(
                        bytes(
                                "{'interventions':[{'at':'x.output','op':'add','vector':{'ref':'u'}}],"
                                        + "'invocations':[{'prompt':'a','interventions':["
                                        + "{'at':'x.output','op':'add','vector':{'ref':'v'}}]}]}"));

        ProgramException refusal =
                assertThrows(
                        ProgramException.class,
                        () -> new ProgramCompletion(policies, vectors).complete(program, "id"));

        assertThat(refusal.problems())
                .extracting(Problem::pointer)
                .containsExactly(
                        "/invocations/0/interventions/0/vector/ref", "/interventions/0/vector/ref");
    }

    private void put(String name, String body) {
        put(name, body, "null");
    }

    private void put(String name, String body, String match) {
        String event =
                "{'put':'policy','name':'%s','body':%s,'match':%s}".formatted(name, body, match);
        try {
            policies.put(name, (ControlEntry.Policy) ControlReader.read(bytes(event)));
        } catch (ProgramException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Program complete(String json) throws ProgramException {
        return new ProgramCompletion(policies, vectors)
                .complete(ProgramReader.draft(bytes(json)), "id")
                .orThrow();
    }

    private List<Problem> problems(String json) {
        return assertThrows(ProgramException.class, () -> complete(json)).problems();
    }

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
