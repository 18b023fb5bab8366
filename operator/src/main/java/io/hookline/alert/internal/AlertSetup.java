/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert.internal;

import static java.util.Objects.requireNonNull;

import io.hookline.schema.SourceEvent;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SourceEventCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.function.SerializableSupplier;

/** What both steps are told when a job starts; travels with them. */
public final class AlertSetup implements Serializable {
    private static final long serialVersionUID = 1;

    private final byte[] control;
    private final SerializableSupplier<AvroFraming> framing;

    /**
     * A setup.
     *
     * @param control what the control topic held, in order; counts only in a start without state
     */
    public AlertSetup(List<SourceEvent> control, SerializableSupplier<AvroFraming> framing) {
        this.control = write(control);
        this.framing = requireNonNull(framing, "framing");
    }

    AvroFraming framing() {
        return framing.get();
    }

    List<SourceEvent> control() {
        List<SourceEvent> events = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(control))) {
            for (int count = in.readInt(); count > 0; count--) {
                events.add(SourceEventCodec.read(in));
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return events;
    }

    private static byte[] write(List<SourceEvent> events) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(events.size());
            for (SourceEvent event : events) {
                SourceEventCodec.write(event, out);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
