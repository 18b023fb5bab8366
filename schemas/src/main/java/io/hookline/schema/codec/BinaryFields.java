/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import io.hookline.schema.Header;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The fields that the binary codecs are made of: big-endian numbers, byte strings, texts. */
final class BinaryFields {
    private BinaryFields() {}

    static void writeBytes(byte[] bytes, DataOutput out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static byte[] readBytes(DataInput in) throws IOException {
        byte[] bytes = new byte[count(in, "length")];
        in.readFully(bytes);
        return bytes;
    }

    static void writeText(String text, DataOutput out) throws IOException {
        writeBytes(text.getBytes(StandardCharsets.UTF_8), out);
    }

    static String readText(DataInput in) throws IOException {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }

    static void writeHeaders(List<Header> headers, DataOutput out) throws IOException {
        out.writeInt(headers.size());
        for (Header header : headers) {
            writeText(header.key(), out);
            writeBytes(header.value(), out);
        }
    }

    static List<Header> readHeaders(DataInput in) throws IOException {
        int count = count(in, "number of headers");
        var headers = new ArrayList<Header>();
        for (int i = 0; i < count; i++) {
            headers.add(new Header(readText(in), readBytes(in)));
        }
        return headers;
    }

    /** Reads the version and refuses one that this build does not know. */
    static void readVersion(DataInput in, int known, String what) throws IOException {
        int version = in.readUnsignedByte();
        if (version != known) {
            throw new IOException(
                    "expected %s of version %d, found version %d".formatted(what, known, version));
        }
    }

    /** The element of the list that was written as its index. */
    static <T> T readChoice(DataInput in, List<T> choices, String what) throws IOException {
        int choice = in.readUnsignedByte();
        if (choice >= choices.size()) {
            throw new IOException(
                    "expected a %s below %d, found %d".formatted(what, choices.size(), choice));
        }
        return choices.get(choice);
    }

    private static int count(DataInput in, String what) throws IOException {
        int count = in.readInt();
        if (count < 0) {
            throw new IOException("expected a %s of 0 or more, found %d".formatted(what, count));
        }
        return count;
    }
}
