/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads the bodies of control events that put models. */
final class ModelBodyReader {
    private static final FieldNames NAMES =
            FieldNames.of(
                    "a model",
                    "path",
                    "version",
                    "digest",
                    "tokenizer",
                    "weights",
                    "threads",
                    "device");
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    private ModelBodyReader() {}

    static ModelBody read(Value body) {
        Fields fields = Fields.of(body, NAMES);
        return new ModelBody(
                fields.requiredName("path"),
                fields.optional("version").map(Value::name),
                fields.optional("digest").map(ModelBodyReader::digest),
                fields.optional("tokenizer").map(Value::name),
                fields.optional("weights").map(Value::name),
                fields.optional("threads")
                        .map(threads -> OptionalInt.of(threads.integer(1)))
                        .orElse(OptionalInt.empty()),
                fields.optional("device").map(Value::name));
    }

    private static String digest(Value value) {
        String digest = value.text().toLowerCase(Locale.ROOT);
        if (value.node().isTextual() && !SHA_256.matcher(digest).matches()) {
            value.refuseFor("a SHA-256 of 64 hexadecimal digits");
        }
        return digest;
    }
}
