/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.program.ControlEntry;
import io.hookline.program.ControlReader;
import io.hookline.program.Measure;
import io.hookline.program.SignalDefinition;
import io.hookline.program.SignalReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Probes and vectors from the packaged tickets. */
@Timeout(180)
class TrainCommandsITCase {
    private static final Path TICKETS = Path.of("src", "main", "resources", "tickets-train.jsonl");
    private static final String AT = "model.model.layers.2.output";

    @TempDir private Path folder;

    private record Ran(int code, String out) {}

    private static Ran run(Object command, String... arguments) {
        StringWriter out = new StringWriter();
        CommandLine line = CommandRun.line(command);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
        return new Ran(line.execute(arguments), out.toString());
    }

    private Ran train(Object command, String positive, Path labels, String... more) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("train", "--model", "ticketlm", "--labels", labels.toString()));
        arguments.addAll(List.of("--field", "tone", "--positive", positive));
        arguments.addAll(List.of("--out", folder.resolve("out.json").toString()));
        arguments.addAll(List.of(more));
        return run(command, arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"angry", "injection"})
    void probe_ofTickets_tellsHeldOutOnesApart_andIsReadyForTheControlTopic(String tone)
            throws Exception {
        Ran ran = train(new ProbeCommand(), tone, TICKETS, "--at", AT, "--control", tone);

        assertThat(ran.code()).as(ran.out()).isEqualTo(CommandRun.OK);
        Matcher auc = Pattern.compile("AUC ([0-9.]+)").matcher(ran.out());
        assertThat(auc.find()).isTrue();
        assertThat(Double.parseDouble(auc.group(1))).isGreaterThanOrEqualTo(0.95);
        assertThat(ran.out()).contains("control event with key 'probe/" + tone + "'");
        ControlEntry.Probe probe =
                (ControlEntry.Probe)
                        ControlReader.read(Files.readAllBytes(folder.resolve("out.json")));
        assertThat(probe.name()).isEqualTo(tone);
        assertThat(probe.definition().at()).isEqualTo(new SignalDefinition.HookPoints(AT));
        assertThat(probe.definition().measure()).isInstanceOf(Measure.Probe.class);
        assertThat(probe.definition().measure().width()).hasValue(128);
    }

    @Test
    void probe_withoutAControlName_isAFileOfItself() throws Exception {
        Ran ran = train(new ProbeCommand(), "angry", TICKETS, "--at", AT, "--tokens", "all");

        assertThat(ran.code()).as(ran.out()).isEqualTo(CommandRun.OK);
        SignalDefinition probe =
                SignalReader.read("angry", Files.readAllBytes(folder.resolve("out.json")));
        assertThat(probe.selection().pool()).isEqualTo(SignalDefinition.Pool.MEAN);
    }

    @Test
    void vector_isTheDifferenceOfMeans_andReadyToBeNamed() throws Exception {
        Ran ran = train(new VectorCommand(), "calm", TICKETS, "--at", AT, "--control", "calm");

        assertThat(ran.code()).as(ran.out()).isEqualTo(CommandRun.OK);
        assertThat(ran.out()).contains("128 units, length ").contains("'vector/calm'");
        ControlEntry.Vector vector =
                (ControlEntry.Vector)
                        ControlReader.read(Files.readAllBytes(folder.resolve("out.json")));
        assertThat(vector.value().values()).hasSize(128);
    }

    @Test
    void whatCannotBeTrained_isSaid() throws Exception {
        Ran module =
                train(new ProbeCommand(), "angry", TICKETS, "--at", "model.model.layer.output");
        Ran several =
                train(new ProbeCommand(), "angry", TICKETS, "--at", "model.model.layers.*.output");
        Ran label = train(new ProbeCommand(), "agry", TICKETS, "--at", AT);

        assertThat(module.code()).isEqualTo(CommandRun.REFUSED);
        assertThat(module.out()).contains("UNKNOWN_MODULE", "did you mean");
        assertThat(several.code()).isEqualTo(CommandRun.REFUSED);
        assertThat(several.out()).contains("'model.model.layers.*.output' names 6 values");
        assertThat(label.code()).isEqualTo(CommandRun.FAILED);
        assertThat(label.out()).contains("of which 0 have the label 'agry' in 'tone'");
        assertThat(folder.resolve("out.json")).doesNotExist();
    }

    @Test
    void labelsThatAreTrueOrFalse_needNoOption() throws Exception {
        Path labels = folder.resolve("labels.jsonl");
        StringBuilder lines = new StringBuilder();
        for (String line : Files.readAllLines(TICKETS).subList(0, 60)) {
            JsonNode ticket = new ObjectMapper().readTree(line);
            lines.append(
                    new ObjectMapper()
                            .createObjectNode()
                            .put("prompt", ticket.get("prompt").asText())
                            .put("label", ticket.get("tone").asText().equals("angry")));
            lines.append('\n');
        }
        Files.writeString(labels, lines);

        Ran ran =
                run(
                        new ProbeCommand(),
                        "train",
                        "--model",
                        "ticketlm",
                        "--labels",
                        labels.toString(),
                        "--at",
                        AT,
                        "--out",
                        folder.resolve("out.json").toString());

        assertThat(ran.code()).as(ran.out()).isEqualTo(CommandRun.OK);
    }
}
