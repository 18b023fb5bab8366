/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which schema registry to ask, and how.
 *
 * @param url where its API begins
 * @param properties credentials by Confluent's names; secrets
 * @param register whether schemas that it lacks are registered
 */
public record RegistrySettings(URI url, Map<String, String> properties, boolean register)
        implements Serializable {
    /** User and password as {@code user:password}. */
    static final String USER_INFO = "basic.auth.user.info";

    /** A bearer token. */
    static final String TOKEN = "bearer.auth.token";

    /** The properties that there are. */
    static final List<String> KNOWN = List.of(USER_INFO, TOKEN);

    public RegistrySettings {
        requireNonNull(url, "url");
        properties = Map.copyOf(properties);
    }

    /** The address and the names of the properties; never a value of theirs. */
    @Override
    public String toString() {
        return "RegistrySettings[url=%s, properties=%s, register=%s]"
                .formatted(url, new TreeSet<>(properties.keySet()), register);
    }
}
