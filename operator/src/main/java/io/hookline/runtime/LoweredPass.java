/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.Structure;
import java.util.List;

/**
 * A pass, ready for a session: its structure, what the structure's inputs are fed with, and whose
 * each part of the outputs of taps and gauges is.
 *
 * @param calls the code of the structure's calls
 */
record LoweredPass(
        Structure structure,
        List<HostTensor> feeds,
        List<TapFeeds.Filled> taps,
        GaugeFeeds.Filled gauges,
        PassInterrupt calls) {
    LoweredPass {
        feeds = List.copyOf(feeds);
        taps = List.copyOf(taps);
    }
}
