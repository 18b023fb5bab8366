/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.HookPoint;
import io.hookline.model.ModuleTree;
import io.hookline.program.NearestName;
import io.hookline.schema.ErrorCode;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a cache recorded: entries by module path and visit, in the order in which they were reached.
 * A view of a module holds what lies inside it, too.
 *
 * <p>{@code cache.get("model.model.layers.0")}, {@code cache.child("model").child("model")
 * .child("layers").at(0)} and {@code cache.get("model.layers.0")} are the same view.
 */
public final class CacheDict implements Iterable<String> {
    private final Content content;
    private final String path;

    /** What all views of a cache share. */
    private static final class Content {
        private final Map<String, TreeMap<Integer, Entry>> entries = new LinkedHashMap<>();
        private final Map<String, String> aliases = new LinkedHashMap<>();
        private final List<String> names = new ArrayList<>();
    }

    private CacheDict(Content content, String path) {
        this.content = content;
        this.path = path;
    }

    static CacheDict empty(Modules modules) {
        CacheDict dict = new CacheDict(new Content(), "");
        modules.aliases().forEach(dict.content.aliases::put);
        modules.tree().modules().forEach(module -> dict.content.names.add(module.path()));
        return dict;
    }

    void record(HookPoint point, int occurrence, Tensor value) {
        Entry entry =
                content.entries
                        .computeIfAbsent(point.module(), module -> new TreeMap<>())
                        .computeIfAbsent(occurrence, visit -> new Entry());
        switch (point.io()) {
            case OUTPUT -> entry.output(point.index(), value);
            case INPUT -> entry.inputs(new Inputs(List.of(value), Map.of()));
            case ATTENTION -> entry.attention(value);
        }
    }

    /** The module that this view shows; empty for the whole cache. */
    public String path() {
        return path;
    }

    /**
     * The view of a module.
     *
     * @param key a full path, with or without the root, in any spelling; or a path from here
     * @throws TraceException with {@code UNKNOWN_MODULE} when it was not cached
     */
    public CacheDict get(String key) {
        String found = resolve(key);
        if (found == null || !content.entries.containsKey(found)) {
            throw new TraceException(
                    ErrorCode.UNKNOWN_MODULE,
                    "'%s' was not cached%s".formatted(key, NearestName.hint(key, keys())));
        }
        return new CacheDict(content, found);
    }

    /**
     * The view of a module directly inside; it may hold nothing itself.
     *
     * @throws TraceException with {@code UNKNOWN_MODULE} when nothing of it was cached
     */
    public CacheDict child(String name) {
        String found = resolveChild(name);
        if (found == null) {
            throw new TraceException(
                    ErrorCode.UNKNOWN_MODULE,
                    "'%s' was never cached, nothing inside '%s' is called so%s"
                            .formatted(name, path, NearestName.hint(name, keys())));
        }
        return new CacheDict(content, found);
    }

    /** The view of a list's module by its index; negative ones count from the end. */
    public CacheDict at(int index) {
        String prefix = path + ".";
        int[] known =
                content.names.stream()
                        .filter(name -> name.startsWith(prefix))
                        .map(name -> name.substring(prefix.length()))
                        .filter(name -> name.matches("\\d+"))
                        .mapToInt(Integer::parseInt)
                        .sorted()
                        .toArray();
        int at = index < 0 ? index + known.length : index;
        String child = prefix + at;
        if (at < 0 || at >= known.length || !holds(child)) {
            throw new TraceException(
                    ErrorCode.UNKNOWN_MODULE,
                    "index %d of '%s' was not cached or is out of range".formatted(index, path));
        }
        return new CacheDict(content, child);
    }

    /** The entries of this module, one for each visit, in order. */
    public List<Entry> entries() {
        TreeMap<Integer, Entry> own = content.entries.get(path);
        if (own == null) {
            throw new TraceException(
                    ErrorCode.UNKNOWN_MODULE, "'%s' was not cached".formatted(path));
        }
        return List.copyOf(own.values());
    }

    /** How often this module was visited. */
    public int visits() {
        return entries().size();
    }

    /** The entry of a visit, the first of which is 0. */
    public Entry visit(int index) {
        List<Entry> entries = entries();
        if (index < 0 || index >= entries.size()) {
            throw Shapes.outOfRange("visit", List.of(index), entries.size());
        }
        return entries.get(index);
    }

    /**
     * The only entry of this module.
     *
     * @throws TraceException when it was visited several times: {@link #entries} has them all
     */
    public Entry entry() {
        List<Entry> entries = entries();
        if (entries.size() > 1) {
            throw new TraceException(
                    ErrorCode.SHAPE_MISMATCH,
                    "'%s' was visited %d times, ask for all of them or for one visit"
                            .formatted(path, entries.size()));
        }
        return entries.get(0);
    }

    /** Output of the only visit. */
    public @Nullable Tensor output() {
        return entry().output();
    }

    /** First input of the only visit. */
    public @Nullable Tensor input() {
        return entry().input();
    }

    /** Inputs of the only visit. */
    public @Nullable Inputs inputs() {
        return entry().inputs();
    }

    /** Outputs of all visits. */
    public List<@Nullable Tensor> outputs() {
        List<@Nullable Tensor> outputs = new ArrayList<>();
        entries().forEach(entry -> outputs.add(entry.output()));
        return outputs;
    }

    /** Full paths of what was cached of this module and inside it, in the order of first visits. */
    public List<String> keys() {
        return content.entries.keySet().stream().filter(this::isInside).toList();
    }

    /** The same with the names that modules were given. */
    public List<String> aliasKeys() {
        List<String> keys = new ArrayList<>();
        for (String key : keys()) {
            String last = key;
            for (Map.Entry<String, String> alias : content.aliases.entrySet()) {
                last = alias.getValue().equals(key) ? alias.getKey() : last;
            }
            keys.add(last);
        }
        return keys;
    }

    /** Entries of every key, in the order of {@link #keys}. */
    public List<List<Entry>> values() {
        return keys().stream().map(key -> new CacheDict(content, key).entries()).toList();
    }

    /** Keys and their entries. */
    public Map<String, List<Entry>> items() {
        Map<String, List<Entry>> items = new LinkedHashMap<>();
        keys().forEach(key -> items.put(key, new CacheDict(content, key).entries()));
        return items;
    }

    @Override
    public Iterator<String> iterator() {
        return keys().iterator();
    }

    /** Number of keys of this view. */
    public int size() {
        return keys().size();
    }

    /** Whether a key of this view is meant, and was cached. */
    public boolean contains(Object key) {
        if (!(key instanceof String text)) {
            return false;
        }
        String found = resolve(text);
        return found != null && isInside(found) && content.entries.containsKey(found);
    }

    private @Nullable String resolve(String key) {
        List<String> candidates = new ArrayList<>(List.of(key, ModuleTree.ROOT + "." + key));
        if (!path.isEmpty()) {
            candidates.add(path + "." + key);
        }
        return candidates.stream()
                .map(each -> content.aliases.getOrDefault(each, each))
                .filter(content.entries::containsKey)
                .findFirst()
                .orElse(null);
    }

    private @Nullable String resolveChild(String name) {
        List<String> candidates = new ArrayList<>();
        if (path.isEmpty()) {
            candidates.add(name);
            candidates.add(ModuleTree.ROOT + "." + name);
        } else {
            candidates.add(path + "." + name);
            for (Map.Entry<String, String> alias : content.aliases.entrySet()) {
                if (alias.getValue().startsWith(path + ".")
                        && alias.getKey().endsWith("." + name)) {
                    candidates.add(alias.getKey());
                }
            }
        }
        return candidates.stream()
                .map(each -> content.aliases.getOrDefault(each, each))
                .filter(this::holds)
                .findFirst()
                .orElse(null);
    }

    private boolean holds(String module) {
        return content.entries.keySet().stream()
                .anyMatch(key -> key.equals(module) || key.startsWith(module + "."));
    }

    private boolean isInside(String key) {
        return path.isEmpty() || key.equals(path) || key.startsWith(path + ".");
    }

    /** Writes the whole cache, of which {@link #readFrom} makes an equal one. */
    public void writeTo(OutputStream out) throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        CacheCodec.write(
                data, new CacheCodec.Stored(path, content.entries, content.aliases, content.names));
        data.flush();
    }

    /** Reads a cache. */
    public static CacheDict readFrom(InputStream in) throws IOException {
        CacheCodec.Stored stored = CacheCodec.read(new DataInputStream(in));
        Content content = new Content();
        content.entries.putAll(stored.entries());
        content.aliases.putAll(stored.aliases());
        content.names.addAll(stored.names());
        return new CacheDict(content, stored.path());
    }

    @Override
    public String toString() {
        return (path.isEmpty() ? "cache" : path) + keys();
    }
}
