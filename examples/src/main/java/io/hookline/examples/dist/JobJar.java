/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.dist;

import io.hookline.examples.job.RunCommand;
import io.hookline.examples.models.HooklineHome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Makes the job's one jar from the entries of a class path. The same entries give the same bytes,
 * so that a cluster that has the jar recognises it.
 */
public final class JobJar implements AutoCloseable {
    /** Signatures do not survive merging, and a logging configuration is the cluster's own. */
    private static final Pattern LEFT_OUT =
            Pattern.compile(
                    "META-INF/(MANIFEST\\.MF|INDEX\\.LIST|maven/.*|versions/.*/module-info\\.class|[^/]*\\.(SF|DSA|RSA))"
                            + "|module-info\\.class|log4j2\\.properties|.*/");

    private static final Pattern LICENCE =
            Pattern.compile("META-INF/(LICENSE|NOTICE|DEPENDENCIES)[^/]*|(LICENSE|NOTICE)[^/]*");

    private static final String SERVICES = "META-INF/services/";
    private static final long NO_TIME = 0x2_0000_0000L;

    private final ZipOutputStream out;
    private final Set<String> written = new HashSet<>();
    private final Map<String, ByteArrayOutputStream> services = new TreeMap<>();

    private JobJar(OutputStream out) {
        this.out = new ZipOutputStream(out);
    }

    /** The job's jar of this build, made when it is not there yet. */
    public static Path find(HooklineHome home) throws IOException {
        List<Path> entries = Distribution.find(home).job();
        Path folder = Files.createDirectories(home.cache().resolve("job"));
        Path jar = folder.resolve("hookline-job-%08x.jar".formatted(fingerprint(entries)));
        if (Files.exists(jar)) {
            return jar;
        }
        Path made = Files.createTempFile(folder, "hookline-job-", ".part");
        write(entries, made);
        return Files.move(
                made, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Changes with the name, size or time of any file. */
    private static long fingerprint(List<Path> entries) throws IOException {
        CRC32 sum = new CRC32();
        for (Path entry : entries) {
            for (Path file : files(entry)) {
                String state =
                        "%s %d %s%n"
                                .formatted(file, Files.size(file), Files.getLastModifiedTime(file));
                sum.update(state.getBytes(StandardCharsets.UTF_8));
            }
        }
        return sum.getValue();
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            return tree.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Writes the jar; of two files of one name the first counts, lists of services are joined. */
    public static void write(List<Path> entries, Path target) throws IOException {
        try (JobJar jar = new JobJar(Files.newOutputStream(target))) {
            jar.manifest();
            for (Path entry : entries) {
                if (Files.isDirectory(entry)) {
                    jar.addFolder(entry);
                } else {
                    jar.addJar(entry);
                }
            }
        }
    }

    private void manifest() throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, RunCommand.class.getName());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        manifest.write(bytes);
        put(JarFile.MANIFEST_NAME, bytes.toByteArray());
    }

    private void addFolder(Path folder) throws IOException {
        for (Path file : files(folder)) {
            String name = folder.relativize(file).toString().replace('\\', '/');
            add(Distribution.name(folder), name, Files.readAllBytes(file));
        }
    }

    private void addJar(Path jar) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                add(Distribution.name(jar), entry.getName(), in.readAllBytes());
            }
        }
    }

    private void add(String from, String name, byte[] bytes) throws IOException {
        if (name.startsWith(SERVICES) && !name.endsWith("/")) {
            ByteArrayOutputStream joined =
                    services.computeIfAbsent(name, service -> new ByteArrayOutputStream());
            joined.write(bytes);
            joined.write("\n".getBytes(StandardCharsets.UTF_8));
        } else if (LICENCE.matcher(name).matches()) {
            String library = from.replaceAll("\\.jar$", "").toLowerCase(Locale.ROOT);
            String file = name.substring(name.lastIndexOf('/') + 1);
            put("META-INF/licenses/%s/%s".formatted(library, file), bytes);
        } else if (!LEFT_OUT.matcher(name).matches()) {
            put(name, bytes);
        }
    }

    private void put(String name, byte[] bytes) throws IOException {
        if (written.add(name)) {
            ZipEntry entry = new ZipEntry(name);
            entry.setTime(NO_TIME);
            out.putNextEntry(entry);
            out.write(bytes);
            out.closeEntry();
        }
    }

    @Override
    public void close() throws IOException {
        try (ZipOutputStream closing = out) {
            for (Map.Entry<String, ByteArrayOutputStream> service : services.entrySet()) {
                put(service.getKey(), service.getValue().toByteArray());
            }
            closing.finish();
        }
    }

    /** Copies a jar, or packs a folder of classes, into a folder of jars. */
    static void copy(Path entry, Path folder) throws IOException {
        Path target = folder.resolve(Distribution.name(entry));
        if (Files.isDirectory(entry)) {
            write(List.of(entry), target);
        } else {
            try (InputStream in = Files.newInputStream(entry)) {
                Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
