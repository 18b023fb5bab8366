/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import io.hookline.schema.SourcePosition;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A subject's state in bytes: a version byte, then its fields in order. */
public final class SubjectStateCodec {
    /** The version that is written. */
    public static final int VERSION = 1;

    /** By the number that stands for each. */
    private static final List<Watch.Phase> PHASES =
            List.of(Watch.Phase.QUIET, Watch.Phase.PENDING, Watch.Phase.FIRING);

    private SubjectStateCodec() {}

    /** Writes the state. */
    public static void write(SubjectState state, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        BinaryText.write(state.subject().modulePath(), out);
        BinaryText.write(state.subject().kind(), out);
        BinaryText.write(state.subject().value(), out);
        out.writeInt(state.watches().size());
        for (Watch watch : state.watches()) {
            write(watch, out);
        }
        write(state.ring(), out);
        out.writeLong(state.timer());
    }

    /**
     * Reads a state of any version so far.
     *
     * @throws IOException also when the version is unknown
     */
    public static SubjectState read(DataInput in) throws IOException {
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException(
                    "alert state of version %d can't be read, known is %d"
                            .formatted(version, VERSION));
        }
        Subject subject =
                new Subject(BinaryText.read(in), BinaryText.read(in), BinaryText.readOptional(in));
        List<Watch> watches = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            watches.add(readWatch(in));
        }
        return new SubjectState(subject, watches, readRing(in), in.readLong());
    }

    private static void write(Watch watch, DataOutput out) throws IOException {
        BinaryText.write(watch.rule(), out);
        out.writeLong(watch.version());
        BinaryText.write(watch.series().signal(), out);
        BinaryText.write(watch.series().io(), out);
        out.writeInt(watch.series().index());
        BinaryText.write(watch.series().stage(), out);
        DetectorStateCodec.write(watch.detector(), out);
        out.writeByte(PHASES.indexOf(watch.phase()));
        out.writeLong(watch.since());
        out.writeLong(watch.seen());
        out.writeLong(watch.quietUntil());
        write(watch.evidence(), out);
    }

    private static Watch readWatch(DataInput in) throws IOException {
        return new Watch(
                BinaryText.read(in),
                in.readLong(),
                new Series(
                        BinaryText.read(in),
                        BinaryText.read(in),
                        in.readInt(),
                        BinaryText.read(in)),
                DetectorStateCodec.read(in),
                phase(in.readUnsignedByte()),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                readEvidence(in));
    }

    private static Watch.Phase phase(int number) throws IOException {
        if (number >= PHASES.size()) {
            throw new IOException("a phase of number %d can't be read".formatted(number));
        }
        return PHASES.get(number);
    }

    private static void write(Evidence evidence, DataOutput out) throws IOException {
        out.writeDouble(evidence.value());
        out.writeDouble(evidence.threshold());
        out.writeBoolean(evidence.since().isPresent());
        out.writeLong(evidence.since().orElse(0L));
        out.writeInt(evidence.cases().size());
        for (Evidence.Case each : evidence.cases()) {
            write(each, out);
        }
        BinaryText.write(evidence.common().model(), out);
        BinaryText.write(evidence.common().digest(), out);
        BinaryText.write(evidence.common().tenant(), out);
        BinaryText.write(evidence.common().session(), out);
    }

    private static Evidence readEvidence(DataInput in) throws IOException {
        double value = in.readDouble();
        double threshold = in.readDouble();
        boolean windowed = in.readBoolean();
        long since = in.readLong();
        List<Evidence.Case> cases = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            cases.add(readCase(in));
        }
        return new Evidence(
                value,
                threshold,
                windowed ? Optional.of(since) : Optional.empty(),
                cases,
                new Evidence.Common(
                        BinaryText.readOptional(in),
                        BinaryText.readOptional(in),
                        BinaryText.readOptional(in),
                        BinaryText.readOptional(in)));
    }

    private static void write(Evidence.Case each, DataOutput out) throws IOException {
        BinaryText.write(each.eventId(), out);
        BinaryText.write(each.source().topic(), out);
        out.writeInt(each.source().partition());
        out.writeLong(each.source().offset());
        BinaryText.write(each.recordId(), out);
        out.writeInt(each.invocation());
        out.writeInt(each.step());
        out.writeDouble(each.value());
        out.writeLong(each.time());
    }

    private static Evidence.Case readCase(DataInput in) throws IOException {
        return new Evidence.Case(
                BinaryText.read(in),
                new SourcePosition(BinaryText.read(in), in.readInt(), in.readLong()),
                BinaryText.read(in),
                in.readInt(),
                in.readInt(),
                in.readDouble(),
                in.readLong());
    }

    private static void write(Ring ring, DataOutput out) throws IOException {
        out.writeLong(ring.first());
        out.writeInt(ring.events().size());
        for (Ring.Kept kept : ring.events()) {
            BinaryText.write(kept.eventId(), out);
            out.writeInt(kept.records());
            out.writeLong(kept.bytes());
        }
        BinaryText.write(ring.alerted(), out);
        BinaryText.write(ring.passing(), out);
        out.writeInt(ring.toPass());
        out.writeLong(ring.until());
    }

    private static Ring readRing(DataInput in) throws IOException {
        long first = in.readLong();
        List<Ring.Kept> events = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            events.add(new Ring.Kept(BinaryText.read(in), in.readInt(), in.readLong()));
        }
        return new Ring(
                first,
                events,
                BinaryText.read(in),
                BinaryText.read(in),
                in.readInt(),
                in.readLong());
    }
}
