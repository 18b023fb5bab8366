/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** The files of the page: ours and the charting library's, from the class path, and no others. */
final class Assets {
    private static final String OURS = "/io/hookline/examples/monitor/web/";
    private static final List<String> FILES =
            List.of(
                    "index.html",
                    "icon.svg",
                    "base.css",
                    "views.css",
                    "main.js",
                    "alerts.js",
                    "charts.js",
                    "compare.js",
                    "data.js",
                    "dom.js",
                    "event.js",
                    "events.js",
                    "heatmap.js",
                    "job.js",
                    "overview.js",
                    "palette.js",
                    "signals.js",
                    "theme.js",
                    "tree.js");
    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "svg", "image/svg+xml");

    private final Map<String, Asset> assets = new HashMap<>();

    /** A file as it is sent. */
    record Asset(String type, byte[] content) {}

    Assets() {
        FILES.forEach(file -> add("/" + file, OURS + file));
        String uplot = "/META-INF/resources/webjars/uplot/" + uplotVersion() + "/dist/";
        add("/lib/uplot.js", uplot + "uPlot.esm.js");
        add("/lib/uplot.css", uplot + "uPlot.min.css");
        assets.put("/", find("/index.html").orElseThrow());
    }

    /** The file at a path of the address. */
    Optional<Asset> find(String path) {
        return Optional.ofNullable(assets.get(path));
    }

    private void add(String path, String resource) {
        String extension = path.substring(path.lastIndexOf('.') + 1);
        String type = Optional.ofNullable(TYPES.get(extension)).orElseThrow();
        assets.put(path, new Asset(type, read(resource)));
    }

    private static String uplotVersion() {
        Properties properties = new Properties();
        try (InputStream in = open("/META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    private static byte[] read(String resource) {
        try (InputStream in = open(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String resource) {
        InputStream in = Assets.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalStateException("no file '%s' on the class path".formatted(resource));
        }
        return in;
    }
}
