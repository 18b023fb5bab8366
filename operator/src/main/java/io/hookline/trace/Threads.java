/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs blocks on threads: virtual ones where the JVM has them, else daemons, which serve one block
 * after another and end when nobody needs them for a second. No thread takes over what belongs to
 * the thread that started it but its class loader.
 */
final class Threads {
    private static final String IDLE = "hookline idle";
    private static final Optional<Object> VIRTUAL = virtual();

    private static final ThreadPoolExecutor DAEMONS =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    1,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    Threads::daemon);

    private Threads() {}

    /** Whether blocks run on virtual threads. */
    static boolean areVirtual() {
        return VIRTUAL.isPresent();
    }

    /** Runs code on a thread of its own, which has that name for as long. */
    static void start(String name, Runnable body) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        if (VIRTUAL.isPresent()) {
            startVirtual(VIRTUAL.get(), name, () -> run(loader, body));
        } else {
            DAEMONS.execute(() -> runNamed(name, () -> run(loader, body)));
        }
    }

    private static void run(ClassLoader loader, Runnable body) {
        Thread thread = Thread.currentThread();
        thread.setContextClassLoader(loader);
        try {
            body.run();
        } finally {
            thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        }
    }

    private static void runNamed(String name, Runnable body) {
        Thread.currentThread().setName(name);
        try {
            body.run();
        } finally {
            Thread.currentThread().setName(IDLE);
        }
    }

    private static Thread daemon(Runnable body) {
        Thread thread = new Thread(null, body, IDLE, 0, false);
        thread.setDaemon(true);
        return thread;
    }

    private static void startVirtual(Object builder, String name, Runnable body) {
        try {
            // The builder keeps the name, so it is used by one thread at a time.
            synchronized (builder) {
                Object named = call(builder, "name", String.class, name);
                call(named, "start", Runnable.class, body);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no virtual thread can be made", e);
        }
    }

    private static Object call(Object builder, String method, Class<?> type, Object argument)
            throws ReflectiveOperationException {
        return Class.forName("java.lang.Thread$Builder")
                .getMethod(method, type)
                .invoke(builder, argument);
    }

    /** What makes virtual threads in Java 21 and later; earlier previews refuse the call. */
    private static Optional<Object> virtual() {
        if (Runtime.version().feature() < 21) {
            return Optional.empty();
        }
        try {
            Method ofVirtual = Thread.class.getMethod("ofVirtual");
            Object builder = ofVirtual.invoke(null);
            return Optional.of(
                    call(builder, "inheritInheritableThreadLocals", boolean.class, false));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("virtual threads can't be made", e);
        }
    }
}
