/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.device;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.configuration.ExternalResourceOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The GPUs that Flink offers a task.
 *
 * @param declared whether the cluster's configuration names the external resource {@code gpu}
 * @param indices of those that were discovered, ascending
 */
public record GpuOffer(boolean declared, List<Integer> indices) {
    /** Name of the external resource. */
    public static final String RESOURCE = "gpu";

    public GpuOffer {
        indices = indices.stream().sorted().toList();
    }

    /** What a TaskManager of that configuration found. */
    public static GpuOffer of(ReadableConfig taskManager, Set<ExternalResourceInfo> found) {
        List<Integer> indices =
                found.stream()
                        .flatMap(info -> info.getProperty("index").stream())
                        .flatMap(list -> Arrays.stream(list.split(",")))
                        .map(index -> Integer.valueOf(index.trim()))
                        .toList();
        List<String> resources = taskManager.get(ExternalResourceOptions.EXTERNAL_RESOURCE_LIST);
        boolean listed = resources != null && resources.contains(RESOURCE);
        return new GpuOffer(listed || !indices.isEmpty(), indices);
    }
}
