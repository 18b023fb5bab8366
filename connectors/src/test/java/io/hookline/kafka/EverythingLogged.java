/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/**
 * Keeps every line that anybody logs, at DEBUG and above, while it is open, instead of printing it.
 */
final class EverythingLogged extends AbstractAppender implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Level before;
    private final List<Appender> others;

    private EverythingLogged(LoggerConfig root) {
        super("everything", null, null, false, Property.EMPTY_ARRAY);
        this.before = root.getLevel();
        this.others = List.copyOf(root.getAppenders().values());
    }

    static EverythingLogged open() {
        LoggerConfig root = configuration().getRootLogger();
        EverythingLogged log = new EverythingLogged(root);
        log.start();
        log.others.forEach(other -> root.removeAppender(other.getName()));
        root.addAppender(log, Level.DEBUG, null);
        root.setLevel(Level.DEBUG);
        context().updateLoggers();
        return log;
    }

    @Override
    public void append(LogEvent event) {
        StringBuilder line = new StringBuilder(event.getMessage().getFormattedMessage());
        for (Throwable at = event.getThrown(); at != null; at = at.getCause()) {
            line.append('\n').append(at);
        }
        lines.add(line.toString());
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        LoggerConfig root = configuration().getRootLogger();
        root.removeAppender(getName());
        others.forEach(other -> root.addAppender(other, null, null));
        root.setLevel(before);
        context().updateLoggers();
        stop();
    }

    private static LoggerContext context() {
        return (LoggerContext) LogManager.getContext(false);
    }

    private static Configuration configuration() {
        return context().getConfiguration();
    }
}
