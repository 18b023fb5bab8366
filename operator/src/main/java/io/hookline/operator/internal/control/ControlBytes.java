/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.control;

import io.hookline.schema.SourceEvent;
import io.hookline.schema.codec.SourceEventCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A list of control events on its way to the TaskManagers. */
public final class ControlBytes {
    private ControlBytes() {}

    public static byte[] write(List<SourceEvent> events) {
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

    public static List<SourceEvent> read(byte[] bytes) {
        List<SourceEvent> events = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            for (int count = in.readInt(); count > 0; count--) {
                events.add(SourceEventCodec.read(in));
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return events;
    }
}
