/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Runs another main class and ends with the process that started it, however that ends: standard
 * input is open as long as it lives. Needs nothing but the JDK, since it stands alone on the class
 * paths of others.
 */
final class Tether {
    private static final int CUT = 130;

    private Tether() {}

    /** Runs the main class that the first argument names, with the others. */
    public static void main(String[] arguments) throws Throwable {
        Thread watch = new Thread(Tether::awaitEnd, "tether");
        watch.setDaemon(true);
        watch.start();
        try {
            Class.forName(arguments[0])
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static void awaitEnd() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            System.err.println("standard input cannot be read: " + e.getMessage());
        }
        Runtime.getRuntime().halt(CUT);
    }
}
