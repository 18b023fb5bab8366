/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.model.HookPoint;
import io.hookline.operator.InvocationSettings;
import io.hookline.operator.PromptRedaction;
import io.hookline.operator.internal.control.Versions;
import io.hookline.program.Io;
import io.hookline.program.ProgramReader;
import io.hookline.runtime.Capture;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Destination;
import io.hookline.schema.ElementType;
import io.hookline.schema.Envelope;
import io.hookline.schema.EventFormat;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.ChunkAssembler;
import io.hookline.schema.codec.TensorCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What leaves the operator fits into a Kafka record, whatever was asked for. */
final class OutcomeWriterTest {
    private static final int MAX_BYTES = 1024;

    private final AvroFraming framing = AvroFraming.singleObject();
    private final OutcomeWriter writer =
            new OutcomeWriter(
                    new TestingModelRuntime().info(),
                    new OutcomeWriter.Form(
                            framing,
                            MAX_BYTES,
                            new Redactor(
                                    new InvocationSettings.Redaction(PromptRedaction.NONE, "")),
                            nanos -> {}));

    @Test
    void activation_largerThanARecord_leavesInChunksThatGiveItBack() throws Exception {
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Outputs outputs =
                writer.write(ask(), completed(values, new float[0][]), OutputSequence.BY_STEP);

        ChunkAssembler assembler = new ChunkAssembler(1 << 20);
        Optional<ActivationRecord> whole = Optional.empty();
        int chunks = 0;
        for (Envelope envelope : outputs.envelopes()) {
            if (envelope.destination() instanceof Destination.Activations) {
                assertThat(envelope.value().length).isLessThan(2 * MAX_BYTES);
                whole = assembler.add(framing.decode(envelope.value(), ActivationRecord.class));
                chunks++;
            }
        }
        assertThat(chunks).isEqualTo(4);
        assertThat(TensorCodec.floats(whole.orElseThrow().getTensor())).isEqualTo(values);
    }

    @Test
    void logits_largerThanARecord_areLeftOutAndTheResultSaysSo() throws Exception {
        Outputs outputs =
                writer.write(
                        ask(), completed(new float[1], new float[3][200]), OutputSequence.BY_STEP);

        InvocationResult result = result(outputs);
        assertThat(result.getInvocations().get(0).getLogits()).isEmpty();
        assertThat(result.getOmitted())
                .containsExactly("logits: 2400 bytes, hookline.record.max-bytes is 1024");
    }

    @Test
    void logits_thatFit_areInTheResult() throws Exception {
        Outputs outputs =
                writer.write(
                        ask(), completed(new float[1], new float[2][100]), OutputSequence.BY_STEP);

        InvocationResult result = result(outputs);
        assertThat(result.getInvocations().get(0).getLogits()).isPresent();
        assertThat(result.getOmitted()).isEmpty();
    }

    private InvocationResult result(Outputs outputs) throws Exception {
        Envelope last = outputs.envelopes().get(outputs.envelopes().size() - 1);
        assertThat(last.destination()).isEqualTo(new Destination.Results());
        return framing.decode(last.value(), InvocationResult.class);
    }

    private static Ask ask() throws Exception {
        byte[] event = "{\"invocations\": [{\"prompt\": \"a\"}]}".getBytes(StandardCharsets.UTF_8);
        SourceEvent source =
                new SourceEvent(
                        new SourcePosition("events", 0, 7),
                        1000,
                        EventFormat.JSON,
                        new byte[0],
                        event,
                        List.of());
        return new Ask(
                source,
                ProgramReader.draft(event),
                new Versions(Map.of(), Map.of(), Map.of()),
                List.of(),
                List.of());
    }

    private static BatchRunner.Attempted completed(float[] values, float[][] logits) {
        Capture capture =
                new Capture(
                        "0",
                        0,
                        HookPoint.of("model.a", Io.OUTPUT),
                        0,
                        0,
                        "post",
                        "none",
                        new int[] {0},
                        ElementType.FLOAT32,
                        new int[] {1, values.length},
                        TensorCodec.encode(values, ElementType.FLOAT32));
        RowOutcome row =
                new RowOutcome(new int[] {1}, new int[0], "", false, logits, List.of(capture));
        return new BatchRunner.Attempted(new TraceOutcome.Completed(List.of(row)), 1);
    }
}
