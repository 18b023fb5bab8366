/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.model.ModelGraph.Edge;
import io.hookline.model.Site;
import org.junit.jupiter.api.Test;

final class EdgeGroupsTest {
    @Test
    void of_tensorReadByNormAndResidual_hasAGroupForEach() {
        EdgeGroups groups = EdgeGroups.of(SmallGraph.graph(), SmallGraph.tree());
        assertThat(groups.of("h"))
                .extracting(EdgeGroups.Group::name, EdgeGroups.Group::edges)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "h/hl-reads/0", java.util.List.of(new Edge(1, 0))),
                        org.assertj.core.groups.Tuple.tuple(
                                "h/hl-reads/1", java.util.List.of(new Edge(3, 0))));
        assertThat(groups.aliases())
                .containsEntry("h/hl-reads/0", "h")
                .containsEntry("h/hl-reads/1", "h");
    }

    @Test
    void of_tensorWhoseReadsSeeTheSame_keepsItsName() {
        EdgeGroups groups = EdgeGroups.of(SmallGraph.graph(), SmallGraph.tree());
        assertThat(groups.of("n"))
                .singleElement()
                .satisfies(group -> assertThat(group.name()).isEqualTo("n"));
        assertThat(groups.of("x")).isEmpty();
    }

    @Test
    void of_siteThatEditsEveryRead_isInEveryGroup() {
        EdgeGroups groups = EdgeGroups.of(SmallGraph.graph(), SmallGraph.tree());
        Site output = SmallGraph.site("model.embed.output");
        Site norm = SmallGraph.site("model.norm.input");
        assertThat(groups.of("h"))
                .allSatisfy(group -> assertThat(group.sites()).contains(output.order()));
        assertThat(groups.of("h").get(0).sites()).contains(norm.order());
        assertThat(groups.of("h").get(1).sites()).doesNotContain(norm.order());
    }
}
