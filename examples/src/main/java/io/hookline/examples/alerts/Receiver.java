/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.schema.Alert;
import java.net.URI;
import java.util.List;

/** What takes alerts by HTTP: where it listens, and what it wants to be told. */
interface Receiver {
    /** Where a message is posted to. */
    URI uri();

    /** The message about some alerts, in the order in which they came. */
    JsonNode message(List<Alert> alerts);
}
