/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A detector shown values one by one, a second apart. */
final class Course {
    private Course() {}

    static List<Verdict> of(Detector detector, double... values) {
        List<Verdict> verdicts = new ArrayList<>();
        DetectorState state = detector.start();
        for (int index = 0; index < values.length; index++) {
            Verdict verdict = detector.next(state, values[index], time(index));
            verdicts.add(verdict);
            state = verdict.state();
        }
        return verdicts;
    }

    /** The same, with the state written and read after each value. */
    static List<Verdict> throughBytes(Detector detector, double... values) {
        List<Verdict> verdicts = new ArrayList<>();
        DetectorState state = detector.start();
        for (int index = 0; index < values.length; index++) {
            Verdict verdict = detector.next(state, values[index], time(index));
            verdicts.add(verdict);
            state = copied(verdict.state());
        }
        return verdicts;
    }

    static List<Level> levels(Detector detector, double... values) {
        return of(detector, values).stream().map(Verdict::level).toList();
    }

    /** Which value raised first, -1 for none. */
    static int firstRaised(Detector detector, double... values) {
        return levels(detector, values).indexOf(Level.RAISED);
    }

    static long time(int index) {
        return 1000L * index;
    }

    private static DetectorState copied(DetectorState state) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DetectorStateCodec.write(state, new DataOutputStream(bytes));
            return DetectorStateCodec.read(
                    new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
