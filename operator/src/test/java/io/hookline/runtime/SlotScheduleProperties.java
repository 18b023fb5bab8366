/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.model.Site;
import io.hookline.model.TestModels;
import io.hookline.plan.EditValue;
import io.hookline.plan.PlannedEdit;
import io.hookline.plan.StepSet;
import io.hookline.program.TensorValue.Literal;
import io.hookline.program.TokenSelector;
import io.hookline.runtime.SlotSchedule.Filled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** However edits are spread over slots, each row sees its own in order. */
final class SlotScheduleProperties {
    private static final Site SITE = site("model.model.layers.2.output");
    private static final Site EARLIER = site("model.model.layers.1.output");
    private static final StepSet STEPS = StepSet.of(0);

    private static Site site(String point) {
        return TestModels.describe(TestModels.path("ticketlm/model.onnx")).tree().modules().stream()
                .flatMap(module -> module.sites().stream())
                .filter(site -> site.point().toString().equals(point))
                .findFirst()
                .orElseThrow();
    }

    private static PlannedEdit edit(EditValue value) {
        return new PlannedEdit(SITE, value, STEPS, new TokenSelector.All(), new int[0]);
    }

    /** Patches go from a later row to an earlier one, so that none wait for each other. */
    private static EditValue value(Random random, int row) {
        return switch (random.nextInt(row > 0 ? 7 : 5)) {
            case 0 -> new EditValue.Put(Literal.scalar(1));
            case 1 -> new EditValue.Plus(Literal.scalar(2));
            case 2 -> new EditValue.Times(3);
            case 3 -> new EditValue.OwnMean();
            case 4 -> new EditValue.FromInput(EARLIER);
            case 5 -> new EditValue.FromRow(random.nextInt(row), SITE, new TokenSelector.All());
            default -> new EditValue.FromRow(random.nextInt(row), EARLIER, new TokenSelector.All());
        };
    }

    @Property(tries = 300)
    void of_anyEdits_keepsTheOrderOfEachRowAndLetsPatchesWait(
            @ForAll @IntRange(min = 1, max = 6) int batch, @ForAll long seed) {
        Random random = new Random(seed);
        List<List<PlannedEdit>> rows = new ArrayList<>();
        for (int row = 0; row < batch; row++) {
            List<PlannedEdit> edits = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                edits.add(edit(value(random, row)));
            }
            rows.add(edits);
        }
        List<Filled> slots = SlotSchedule.of(SITE, rows, (row, from) -> from.row());
        List<List<PlannedEdit>> seen = new ArrayList<>();
        for (int row = 0; row < batch; row++) {
            seen.add(new ArrayList<>());
        }
        for (Filled slot : slots) {
            for (int row = 0; row < batch; row++) {
                checkReady(rows, seen, slot.edits()[row]);
            }
            for (int row = 0; row < batch; row++) {
                if (slot.edits()[row] != null) {
                    assertThat(slot.edits()[row].value().kind()).isEqualTo(slot.slot().kind());
                    seen.get(row).add(slot.edits()[row]);
                }
            }
            assertThat(slot.edits()).isNotEqualTo(new PlannedEdit[batch]);
        }
        assertThat(seen).isEqualTo(rows);
    }

    private static void checkReady(
            List<List<PlannedEdit>> rows, List<List<PlannedEdit>> seen, PlannedEdit edit) {
        if (edit != null
                && edit.value() instanceof EditValue.FromRow from
                && from.source().equals(SITE)) {
            assertThat(seen.get(from.row())).hasSameSizeAs(rows.get(from.row()));
        }
    }

    @Property(tries = 50)
    void of_equalEditsOfManyRows_shareSlots(
            @ForAll @IntRange(min = 1, max = 6) int batch,
            @ForAll @IntRange(min = 1, max = 4) int each) {
        List<List<PlannedEdit>> rows = new ArrayList<>();
        for (int row = 0; row < batch; row++) {
            List<PlannedEdit> edits = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                edits.add(edit(new EditValue.Plus(Literal.scalar(row + i))));
            }
            rows.add(edits);
        }
        assertThat(SlotSchedule.of(SITE, rows, (row, from) -> from.row())).hasSize(each);
    }
}
