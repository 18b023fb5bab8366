/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;

/** Makes threads for blocks: virtual ones where the JVM has them, else daemons. */
final class Threads {
    private static final Optional<Method> OF_VIRTUAL = ofVirtual();

    private Threads() {}

    /** Whether blocks run on virtual threads. */
    static boolean areVirtual() {
        return OF_VIRTUAL.isPresent();
    }

    static Thread unstarted(String name, Runnable body) {
        return OF_VIRTUAL
                .map(method -> virtual(method, name, body))
                .orElseGet(() -> daemon(name, body));
    }

    private static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    private static Thread virtual(Method ofVirtual, String name, Runnable body) {
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Object named =
                    builder.getMethod("name", String.class).invoke(ofVirtual.invoke(null), name);
            return (Thread) builder.getMethod("unstarted", Runnable.class).invoke(named, body);
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | IllegalAccessException
                | InvocationTargetException e) {
            throw new IllegalStateException("no virtual thread can be made", e);
        }
    }

    /** Java 21 and later; earlier previews refuse the call. */
    private static Optional<Method> ofVirtual() {
        if (Runtime.version().feature() < 21) {
            return Optional.empty();
        }
        try {
            return Optional.of(Thread.class.getMethod("ofVirtual"));
        } catch (NoSuchMethodException e) {
            return Optional.empty();
        }
    }
}
