/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;

/** How messages show values of a document. */
final class Values {
    private static final int SHOWN = 60;

    private Values() {}

    /** The value when it is short, else what it is. */
    static String shown(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> "'" + shortened(node.textValue()) + "'";
            case ARRAY -> "a list";
            case OBJECT, POJO -> "an object";
            case NULL, MISSING -> "null";
            case BINARY -> "bytes";
            case NUMBER, BOOLEAN -> shortened(node.asText());
        };
    }

    /** The beginning of a text, on one line. */
    static String shortened(String text) {
        String line = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
        return line.replace('\n', ' ').replace('\r', ' ');
    }

    /** Whether every surrogate has its partner, so that the text can be written as UTF-8. */
    static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(unit)) {
                return false;
            }
        }
        return true;
    }
}
