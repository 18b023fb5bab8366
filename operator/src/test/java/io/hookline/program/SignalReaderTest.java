/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hookline.program.Measure.Activation;
import io.hookline.program.Measure.ChangeTokens;
import io.hookline.program.Measure.ChangeTokens.Comparison;
import io.hookline.program.SignalDefinition.HookPoints;
import io.hookline.program.SignalDefinition.Pool;
import io.hookline.program.SignalDefinition.Selection;
import io.hookline.program.TensorValue.Literal;
import io.hookline.schema.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignalReaderTest {
    private static final Selection USUAL =
            new Selection(
                    new StepSelector.At(0),
                    new TokenSelector.Last(),
                    Pool.NONE,
                    CachePolicy.Stage.POST);

    private static SignalDefinition read(String json) throws ProgramException {
        return SignalReader.read("s", json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static Literal vector(float... values) {
        return new Literal(ElementType.FLOAT32, new int[] {values.length}, values);
    }

    @Test
    void probe_isReadWithItsDefaults() throws Exception {
        assertThat(read("{'at': 'a.output', 'kind': 'probe', 'weights': [1, 2]}"))
                .isEqualTo(
                        new SignalDefinition(
                                "s",
                                new Measure.Probe(vector(1, 2), 0, Activation.NONE),
                                new HookPoints("a.output"),
                                USUAL));
    }

    @Test
    void changeOfTokens_isReadWithoutAHookPoint() throws Exception {
        assertThat(read("{'kind': 'change_tokens'}"))
                .isEqualTo(
                        new SignalDefinition(
                                "s",
                                new ChangeTokens(Comparison.KL),
                                new SignalDefinition.NextToken(),
                                USUAL));
        SignalDefinition asked =
                read("{'kind': 'change_tokens', 'distance': 'total_variation', 'steps': 'all'}");
        assertThat(asked.measure()).isEqualTo(new ChangeTokens(Comparison.TOTAL_VARIATION));
        assertThat(asked.measure().kind()).isEqualTo("change_tokens");
        assertThat(asked.selection().steps()).isEqualTo(new StepSelector.All());
    }

    @Test
    void selection_isReadAsInPrograms() throws Exception {
        assertThat(
                        read("""
                                        {'at': 'a.output', 'kind': 'max_abs', 'tokens': '1:3',
                                         'steps': 'all', 'pool': 'max', 'stage': 'both'}""")
                                .selection())
                .isEqualTo(
                        new Selection(
                                new StepSelector.All(),
                                new TokenSelector.Range(OptionalInt.of(1), OptionalInt.of(3)),
                                Pool.MAX,
                                CachePolicy.Stage.BOTH));
    }

    /** As the Python library writes it: text in the metadata, numbers as tensors. */
    @Test
    void safetensors_sayTheSameAsJson() throws Exception {
        String header =
                """
                {"__metadata__": {"at": "a.output", "kind": "probe", "activation": "logistic",
                 "tokens": "all", "pool": "mean", "steps": "2"},
                 "weights": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
                 "bias": {"dtype": "F32", "shape": [1], "data_offsets": [8, 12]}}""";
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + 12).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text).putFloat(1).putFloat(-2).putFloat(0.5f);

        SignalDefinition read = SignalReader.read("s", file.array());

        assertThat(read)
                .isEqualTo(
                        read(
                                """
                                {'at': 'a.output', 'kind': 'probe', 'activation': 'logistic',
                                 'tokens': 'all', 'pool': 'mean', 'steps': 2,
                                 'weights': [1, -2], 'bias': 0.5}"""));
        assertThat(((Measure.Probe) read.measure()).weights()).isEqualTo(vector(1, -2));
    }

    @Test
    void distance_withWideDirections_isThatOfTheWholeCovariance() throws Exception {
        Measure.Distance distance =
                (Measure.Distance)
                        read("""
                                {'at': 'a.output', 'kind': 'distance', 'mean': [1, 2, 3],
                                 'variance': 4, 'factors': [[2, 0, 0], [4, 0, 0]]}""")
                                .measure();

        Reference reference = distance.reference();
        assertThat(reference.scale()).containsExactly(0.5f, 0.5f, 0.5f);
        assertThat(reference.basis()).hasNumberOfRows(1);
        assertThat(Math.abs(reference.basis()[0][0])).isEqualTo(1);
        // Along it the variance is 4 + 2² + 4² = 24, six times the others'.
        assertThat(1 - reference.shrink()[0]).isEqualTo((float) (1 / Math.sqrt(6)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'at': 'a.output'} | '' | 'kind' is missing in a signal",
                "{'at': 'a.output', 'kind': 'nrm'} | /kind | did you mean 'norm'?",
                "{'kind': 'norm'} | '' | 'at' is missing in a signal of kind 'norm'",
                "{'at': 'a.output', 'kind': 'norm', 'weights': [1]} | /weights | no field 'weights' in a signal of kind 'norm'",
                "{'at': 'a.output', 'kind': 'probe', 'weights': [[1]]} | /weights | must be of shape [width], got shape [1, 1]",
                "{'at': 'a.output', 'kind': 'probe', 'weights': 1} | /weights | must be of shape [width], got shape []",
                "{'at': 'a.output', 'kind': 'probe', 'weights': {'ref': 'v'}} | /weights/ref | a vector needs values of its own",
                "{'at': 'a.output', 'kind': 'probe', 'weights': [1], 'bias': [1, 2]} | /bias | must be a single number",
                "{'at': 'a.output', 'kind': 'probe', 'weights': [1], 'activation': 'relu'} | /activation | must be one of",
                "{'at': 'a.output', 'kind': 'cosine', 'vector': [0, 0]} | /vector | must not be zero",
                "{'at': 'a.output', 'kind': 'top_units', 'k': 0} | /k | an integer of at least 1",
                "{'at': 'a.output', 'kind': 'distance', 'mean': [1, 2], 'variance': [1, 0]} | /variance | must be above 0 everywhere, got 0.0",
                "{'at': 'a.output', 'kind': 'change_tokens'} | /at | no field 'at' in a signal of kind 'change_tokens'",
                "{'kind': 'change_tokens', 'distance': 'l2'} | /distance | must be one of",
                "{'at': 'a.output', 'kind': 'distance', 'mean': [1, 2], 'variance': [1]} | '' | ''",
                "{'at': 'a.output', 'kind': 'distance', 'mean': [1, 2], 'variance': [1, 1, 1]} | /variance | must be a number or 2 of them",
                "{'at': 'a.output', 'kind': 'distance', 'mean': [1, 2], 'variance': 1, 'factors': [[1]]} | /factors | must be of shape [rank, 2]",
            })
    void whatIsWrong_isNamed(String json, String pointer, String message) {
        ProgramException refused = catchThrowableOfType(ProgramException.class, () -> read(json));
        if (message.isEmpty()) {
            assertThat(refused).isNull();
            return;
        }
        assertThat(refused.problems()).hasSize(1);
        Problem problem = refused.problems().get(0);
        assertThat(problem.pointer()).isEqualTo(pointer);
        assertThat(problem.message()).contains(message);
    }

    @Test
    void kinds_areNamedAsInRecords() throws Exception {
        for (String kind : List.of("norm", "max_abs", "non_finite", "change_cosine")) {
            assertThat(read("{'at': 'a.output', 'kind': '%s'}".formatted(kind)).measure().kind())
                    .isEqualTo(kind);
        }
    }
}
