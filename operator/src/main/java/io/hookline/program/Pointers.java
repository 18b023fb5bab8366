/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

/** Writing JSON pointers. */
final class Pointers {
    private Pointers() {}

    /** The pointer of a member of the value that the pointer names. */
    static String of(String pointer, String member) {
        return pointer + "/" + escaped(member);
    }

    static String of(String pointer, int index) {
        return pointer + "/" + index;
    }

    static String escaped(String member) {
        boolean plain = member.indexOf('~') < 0 && member.indexOf('/') < 0;
        return plain ? member : member.replace("~", "~0").replace("/", "~1");
    }

    static String unescaped(String token) {
        return token.indexOf('~') < 0 ? token : token.replace("~1", "/").replace("~0", "~");
    }
}
