/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import io.hookline.alert.DetectorState.Average;
import io.hookline.alert.DetectorState.Excess;
import io.hookline.alert.DetectorState.Hinkley;
import io.hookline.alert.DetectorState.Hits;
import io.hookline.alert.DetectorState.Nothing;
import io.hookline.alert.DetectorState.Run;
import io.hookline.alert.DetectorState.Spread;
import io.hookline.alert.DetectorState.Sums;
import io.hookline.alert.DetectorState.Times;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** States of detectors in bytes: the number of the kind, then its fields in order. */
final class DetectorStateCodec {
    private static final int NOTHING = 0;
    private static final int SPREAD = 1;
    private static final int AVERAGE = 2;
    private static final int SUMS = 3;
    private static final int HINKLEY = 4;
    private static final int TIMES = 5;
    private static final int HITS = 6;

    private DetectorStateCodec() {}

    static void write(DetectorState state, DataOutput out) throws IOException {
        if (state instanceof Nothing) {
            out.writeByte(NOTHING);
        } else if (state instanceof Spread spread) {
            out.writeByte(SPREAD);
            write(spread.moments(), out);
        } else if (state instanceof Average average) {
            out.writeByte(AVERAGE);
            write(average.baseline(), out);
            out.writeDouble(average.value());
            out.writeLong(average.steps());
        } else if (state instanceof Sums sums) {
            out.writeByte(SUMS);
            write(sums.baseline(), out);
            write(sums.up(), out);
            write(sums.down(), out);
        } else if (state instanceof Hinkley hinkley) {
            out.writeByte(HINKLEY);
            write(hinkley.moments(), out);
            write(hinkley.up(), out);
            write(hinkley.down(), out);
        } else if (state instanceof Times times) {
            out.writeByte(TIMES);
            write(times, out);
        } else if (state instanceof Hits hits) {
            out.writeByte(HITS);
            out.writeLong(hits.seen());
            write(hits.places(), out);
            write(hits.times(), out);
        }
    }

    static DetectorState read(DataInput in) throws IOException {
        int kind = in.readUnsignedByte();
        return switch (kind) {
            case NOTHING -> new Nothing();
            case SPREAD -> new Spread(readMoments(in));
            case AVERAGE -> new Average(readMoments(in), in.readDouble(), in.readLong());
            case SUMS -> new Sums(readMoments(in), readExcess(in), readExcess(in));
            case HINKLEY -> new Hinkley(readMoments(in), readRun(in), readRun(in));
            case TIMES -> readTimes(in);
            case HITS -> new Hits(in.readLong(), readTimes(in), readTimes(in));
            default ->
                    throw new IOException(
                            "a detector's state of kind %d can't be read".formatted(kind));
        };
    }

    private static void write(Moments moments, DataOutput out) throws IOException {
        out.writeLong(moments.count());
        out.writeDouble(moments.mean());
        out.writeDouble(moments.squares());
    }

    private static Moments readMoments(DataInput in) throws IOException {
        return new Moments(in.readLong(), in.readDouble(), in.readDouble());
    }

    private static void write(Excess excess, DataOutput out) throws IOException {
        out.writeDouble(excess.sum());
        out.writeLong(excess.since());
    }

    private static Excess readExcess(DataInput in) throws IOException {
        return new Excess(in.readDouble(), in.readLong());
    }

    private static void write(Run run, DataOutput out) throws IOException {
        out.writeDouble(run.sum());
        out.writeDouble(run.least());
        out.writeLong(run.since());
    }

    private static Run readRun(DataInput in) throws IOException {
        return new Run(in.readDouble(), in.readDouble(), in.readLong());
    }

    private static void write(Times times, DataOutput out) throws IOException {
        out.writeInt(times.values().length);
        for (long value : times.values()) {
            out.writeLong(value);
        }
    }

    private static Times readTimes(DataInput in) throws IOException {
        long[] values = new long[in.readInt()];
        for (int place = 0; place < values.length; place++) {
            values[place] = in.readLong();
        }
        return new Times(values);
    }
}
