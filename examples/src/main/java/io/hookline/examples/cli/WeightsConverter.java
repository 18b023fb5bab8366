/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import io.hookline.program.NearestName;
import io.hookline.runtime.Weights;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The precision of weights by the name that options give it. */
final class WeightsConverter implements ITypeConverter<Weights> {
    @Override
    public Weights convert(String name) {
        List<String> names = Arrays.stream(Weights.values()).map(Weights::wireName).toList();
        return Weights.named(name)
                .orElseThrow(
                        () ->
                                new TypeConversionException(
                                        "'%s' is none of %s%s"
                                                .formatted(
                                                        name,
                                                        names,
                                                        NearestName.hint(name, names))));
    }
}
