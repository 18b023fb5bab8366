/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.ModelLimits;
import io.hookline.model.ModelSignature;
import io.hookline.model.ModuleTree;
import java.util.Optional;

/**
 * What a runtime has loaded.
 *
 * @param name as programs and records name it: the folder's name unless configured
 * @param version what records call this version, empty when it has no name
 * @param digest SHA-256 of the model file, in hex
 */
public record ModelInfo(
        String name,
        Optional<String> version,
        String digest,
        ModuleTree tree,
        ModelSignature signature,
        ModelLimits limits) {}
