/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.control;

import io.hookline.operator.InvocationSettings;
import io.hookline.plan.SignalRequest;
import io.hookline.program.ControlEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which signals events are measured by: the job's own, and the probes in force. */
public final class AskedSignals {
    private final boolean enabled;
    private final List<SignalRequest> own;

    public AskedSignals(InvocationSettings.Signals settings) {
        this.enabled = settings.enabled();
        this.own =
                settings.definitions().stream()
                        .map(definition -> new SignalRequest(definition, Optional.empty()))
                        .toList();
    }

    /** Whether anything is measured at all. */
    public boolean enabled() {
        return enabled;
    }

    /** The job's own, then the probes. */
    public List<SignalRequest> with(List<InForce> probes) {
        List<SignalRequest> all = new ArrayList<>(own);
        for (InForce probe : probes) {
            ControlEntry.Probe entry = (ControlEntry.Probe) probe.entry();
            all.add(new SignalRequest(entry.definition(), Optional.of(probe.version())));
        }
        return all;
    }
}
