/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.runtime.PassEngine.KvCache;
import io.hookline.runtime.PassEngine.KvRow;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Where the keys and values of rows are: each row has a place in a KV cache that it shares with
 * others. Owns the caches; one is closed when no row has its place there any more.
 */
final class KeyPlaces implements AutoCloseable {
    private final PassEngine engine;
    private final IdentityHashMap<ActiveRow, KvRow> places = new IdentityHashMap<>();
    private final IdentityHashMap<KvCache, Holders> holders = new IdentityHashMap<>();

    /**
     * Who uses a cache.
     *
     * @param rows how many it has
     * @param left how many of these are somebody's place
     */
    private record Holders(int rows, int left) {}

    KeyPlaces(PassEngine engine) {
        this.engine = engine;
    }

    /**
     * The cache that a pass over those rows continues, one row below the other. It is theirs alone:
     * rows that were elsewhere have moved.
     */
    KvCache together(List<ActiveRow> rows) throws RuntimeInferenceException {
        KvCache current = place(rows.get(0)).cache();
        if (isThere(rows, current)) {
            return current;
        }
        List<KvRow> from = rows.stream().map(this::place).toList();
        put(rows, engine.gather(from), longest(from));
        return place(rows.get(0)).cache();
    }

    private static int longest(List<KvRow> rows) {
        return rows.stream().mapToInt(KvRow::length).max().orElseThrow();
    }

    /** Whether a cache holds those rows in that order, no others, and no padding for others. */
    private boolean isThere(List<ActiveRow> rows, KvCache cache) {
        boolean filled = false;
        for (int row = 0; row < rows.size(); row++) {
            KvRow place = place(rows.get(row));
            if (place.cache() != cache || place.row() != row || place.to() != end(rows)) {
                return false;
            }
            filled |= place.from() == 0;
        }
        return filled && rows.size() == holders(cache).rows();
    }

    private int end(List<ActiveRow> rows) {
        return place(rows.get(0)).to();
    }

    private KvRow place(ActiveRow row) {
        KvRow place = places.get(row);
        if (place == null) {
            throw new IllegalStateException("a row without keys can't go on");
        }
        return place;
    }

    /**
     * Rows have moved to a cache in which they end together.
     *
     * @param tokens length of the cache
     */
    void put(List<ActiveRow> rows, KvCache cache, int tokens) {
        holders.put(cache, new Holders(rows.size(), rows.size()));
        for (int row = 0; row < rows.size(); row++) {
            int length = keysBehind(rows.get(row));
            move(rows.get(row), new KvRow(cache, row, tokens - length, tokens));
        }
    }

    /** Rows have begun in a cache, in which shorter ones end earlier. */
    void begin(List<ActiveRow> rows, KvCache cache) {
        holders.put(cache, new Holders(rows.size(), rows.size()));
        for (int row = 0; row < rows.size(); row++) {
            move(rows.get(row), new KvRow(cache, row, 0, keysBehind(rows.get(row))));
        }
    }

    /** Tokens whose keys are known: all but the newest. */
    private static int keysBehind(ActiveRow row) {
        return row.keys() - 1;
    }

    private void move(ActiveRow row, KvRow to) {
        remove(row);
        places.put(row, to);
    }

    /** Rows are done with their keys. */
    void remove(ActiveRow row) {
        KvRow place = places.remove(row);
        if (place == null) {
            return;
        }
        Holders before = holders(place.cache());
        if (before.left() > 1) {
            holders.put(place.cache(), new Holders(before.rows(), before.left() - 1));
        } else {
            holders.remove(place.cache());
            place.cache().close();
        }
    }

    private Holders holders(KvCache cache) {
        Holders found = holders.get(cache);
        if (found == null) {
            throw new IllegalStateException("a KV cache without rows is still in use");
        }
        return found;
    }

    @Override
    public void close() {
        List.copyOf(places.keySet()).forEach(this::remove);
    }
}
