/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Site;
import java.util.Map;
import java.util.Optional;

/** Passes without a model: shapes and types are known, nothing is computed. */
final class ScanPasses implements Passes {
    @Override
    public Result run(Pass pass, Work work) {
        for (Optional<Site> cut = work.nextCut(); cut.isPresent(); cut = work.nextCut()) {
            work.serve(cut.get(), null);
        }
        return new Result(Map.of(), null);
    }

    @Override
    public void close() {}
}
