/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import io.hookline.schema.Alert;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.Exemplar;
import io.hookline.schema.SourcePosition;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Changes as records of the alerts topic. */
public final class AlertRecords {
    private static final int FINGERPRINT_BYTES = 16;
    private static final int EXEMPLARS = 3;

    private AlertRecords() {}

    /** The record on its way to the alerts topic. */
    public static Envelope envelope(Change change, AvroFraming framing) {
        Alert alert = record(change);
        return new Envelope(
                new Destination.Alerts(),
                alert.getFingerprint(),
                alert.getFingerprint(),
                framing.encode(alert),
                List.of());
    }

    /** The record. */
    public static Alert record(Change change) {
        Rule rule = change.rule();
        Watch watch = change.watch();
        Evidence evidence = watch.evidence();
        Alert.Builder alert =
                Alert.newBuilder()
                        .setFingerprint(fingerprint(change))
                        .setState(change.firing() ? "firing" : "resolved")
                        .setSeverity(rule.notice().severity().wireName())
                        .setRule(rule.name())
                        .setRuleVersion(watch.version())
                        .setDetector(rule.detector().wireName())
                        .setModulePath(change.subject().modulePath())
                        .setSignal(watch.series().signal())
                        .setValue(evidence.value())
                        .setThreshold(evidence.threshold())
                        .setStartedAt(Instant.ofEpochMilli(change.startedAt()))
                        .setEventTime(Instant.ofEpochMilli(change.time()))
                        .setSummary(rule.notice().summary().filled(words(change)))
                        .setLabels(rule.notice().labels());
        change.subject().value().ifPresent(alert::setKey);
        describe(alert, evidence);
        return alert.build();
    }

    private static void describe(Alert.Builder alert, Evidence evidence) {
        List<Evidence.Case> cases = evidence.cases();
        alert.setEventIds(cases.stream().map(Evidence.Case::eventId).distinct().toList())
                .setExemplars(
                        cases.stream()
                                .skip(Math.max(0, cases.size() - EXEMPLARS))
                                .map(AlertRecords::exemplar)
                                .toList());
        if (evidence.since().isPresent() && !cases.isEmpty()) {
            alert.setWindowStart(Instant.ofEpochMilli(evidence.since().get()))
                    .setWindowEnd(Instant.ofEpochMilli(cases.get(cases.size() - 1).time()));
        }
        evidence.common().model().ifPresent(alert::setModel);
        evidence.common().digest().ifPresent(alert::setModelDigest);
        evidence.common().tenant().ifPresent(alert::setTenant);
        evidence.common().session().ifPresent(alert::setSession);
    }

    private static Exemplar exemplar(Evidence.Case each) {
        SourcePosition source = each.source();
        return Exemplar.newBuilder()
                .setEventId(each.eventId())
                .setSource(new SourceRecord(source.topic(), source.partition(), source.offset()))
                .setRecordId(each.recordId())
                .setInvocation(each.invocation())
                .setStep(each.step())
                .setValue(each.value())
                .setEventTime(Instant.ofEpochMilli(each.time()))
                .build();
    }

    private static Map<String, String> words(Change change) {
        Evidence evidence = change.watch().evidence();
        List<Evidence.Case> cases = evidence.cases();
        Map<String, String> words = new HashMap<>();
        words.put("rule", change.rule().name());
        words.put("module", change.subject().modulePath());
        words.put("signal", change.watch().series().signal());
        words.put("value", number(evidence.value()));
        words.put("threshold", number(evidence.threshold()));
        words.put("severity", change.rule().notice().severity().wireName());
        words.put("detector", change.rule().detector().wireName());
        words.put("event", cases.isEmpty() ? "" : cases.get(cases.size() - 1).eventId());
        putIfThere(words, "key", change.subject().value());
        putIfThere(words, "tenant", evidence.common().tenant());
        putIfThere(words, "session", evidence.common().session());
        putIfThere(words, "model", evidence.common().model());
        return words;
    }

    private static void putIfThere(Map<String, String> words, String name, Optional<String> value) {
        value.ifPresent(text -> words.put(name, text));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    /** The same whenever the same rule fires for the same subject and series. */
    static String fingerprint(Change change) {
        Series series = change.watch().series();
        String all =
                Stream.of(
                                change.rule().name(),
                                change.subject().text(),
                                series.signal(),
                                series.io(),
                                String.valueOf(series.index()),
                                series.stage())
                        .map(part -> part.length() + ":" + part)
                        .reduce("", String::concat);
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(all.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }
}
