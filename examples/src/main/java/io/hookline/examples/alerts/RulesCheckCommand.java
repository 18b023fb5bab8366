/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.examples.cli.CommandRun;
import io.hookline.kafka.KafkaSettings;
import io.hookline.program.Problem;
import io.hookline.schema.Alert;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./hookline rules check}: would they have fired, and when. */
@Command(
        name = "check",
        sortOptions = false,
        description =
                "Reads alert rules, and tries them on signals that were recorded: would they have fired, and when."
                        + " Without signals only the rules are checked.",
        exitCodeOnInvalidInput = CommandRun.FAILED,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all rules are right", "2:a rule was refused", "1:anything else"})
final class RulesCheckCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--rules",
            required = true,
            paramLabel = "FILE",
            description = "control events that put rules, as a JSON list or one after the other")
    private Path rules = Path.of("");

    @Option(
            names = "--signals",
            paramLabel = "FILE",
            description =
                    "signals, one JSON object on each line, by the names of the schema Signal")
    private @Nullable Path signals;

    @Mixin private KafkaOption kafka = new KafkaOption();

    @Option(names = "--json", description = "print one JSON object on each line")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Optional<KafkaSettings> topic = kafka.settings();
        if (signals != null && topic.isPresent()) {
            throw new ParameterException(
                    spec.commandLine(), "--signals and --brokers exclude each other");
        }
        RuleFile file = RuleFile.read(rules);
        PrintWriter out = spec.commandLine().getOut();
        file.refused().forEach((where, problems) -> refused(out, where, problems));
        RuleTrial trial = new RuleTrial(file.rules(), alert -> alert(out, alert));
        if (signals != null) {
            SignalFile.read(signals, trial);
        } else if (topic.isPresent()) {
            SignalTopic.read(topic.get(), trial);
        }
        summary(out, trial, signals != null || topic.isPresent());
        out.flush();
        return file.refused().isEmpty() ? CommandRun.OK : CommandRun.REFUSED;
    }

    private void refused(PrintWriter out, String where, List<Problem> problems) {
        for (Problem problem : problems) {
            if (json) {
                out.println(
                        JSON.createObjectNode()
                                .put("refused", where)
                                .put("code", problem.code().name())
                                .put("pointer", problem.pointer())
                                .put("message", problem.message()));
            } else {
                out.printf(
                        "%s: %s %s: %s%n",
                        where, problem.code(), problem.pointer(), problem.message());
            }
        }
    }

    private void alert(PrintWriter out, Alert alert) {
        if (json) {
            ObjectNode line =
                    JSON.createObjectNode()
                            .put("rule", alert.getRule())
                            .put("state", alert.getState())
                            .put("eventTime", alert.getEventTime().toString())
                            .put("key", alert.getKey().orElse(null))
                            .put("modulePath", alert.getModulePath())
                            .put("signal", alert.getSignal())
                            .put("value", alert.getValue())
                            .put("threshold", alert.getThreshold())
                            .put("severity", alert.getSeverity())
                            .put("fingerprint", alert.getFingerprint())
                            .put("summary", alert.getSummary());
            alert.getEventIds().forEach(line.withArray("eventIds")::add);
            out.println(line);
        } else {
            out.printf(
                    "%s  %-8s  %s  %s%s%n",
                    alert.getEventTime(),
                    alert.getState(),
                    alert.getRule(),
                    alert.getSummary(),
                    alert.getKey().map(key -> "  [" + key + "]").orElse(""));
        }
    }

    private void summary(PrintWriter out, RuleTrial trial, boolean tried) throws IOException {
        for (Map.Entry<String, RuleTrial.Tally> each : trial.tallies().entrySet()) {
            RuleTrial.Tally tally = each.getValue();
            if (json) {
                ObjectNode line = JSON.createObjectNode().put("checked", each.getKey());
                if (tried) {
                    line.put("signals", tally.seen())
                            .put("fired", tally.fired())
                            .put("firing", tally.firing());
                }
                out.println(line);
            } else {
                out.println(sentence(each.getKey(), tally, trial, tried));
            }
        }
    }

    private static String sentence(
            String rule, RuleTrial.Tally tally, RuleTrial trial, boolean tried) {
        if (!tried) {
            return "rule '%s' is right".formatted(rule);
        }
        if (tally.seen() == 0) {
            return "rule '%s' looked at none of %,d signals: %s"
                    .formatted(rule, trial.signals(), trial.hint(rule));
        }
        String firing = tally.firing() == 0 ? "" : ", %,d still firing".formatted(tally.firing());
        return String.format(
                Locale.ROOT,
                "rule '%s' fired %,d times over %,d signals%s",
                rule,
                tally.fired(),
                tally.seen(),
                firing);
    }
}
