/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static io.hookline.graph.GraphEditor.integer;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.hookline.model.LogitsHead;
import io.hookline.model.ModelSignature;
import io.hookline.model.OnnxTypes;
import io.hookline.model.Site;
import io.hookline.plan.EditKind;
import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.plan.Structure.SiteEdits;
import io.hookline.plan.Structure.Slot;
import io.hookline.plan.Structure.Tap;
import io.hookline.schema.ElementType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compiles structures: edits and taps go in, and what is not needed then goes out. */
public final class PlanCompiler {
    private final CanonicalGraph canonical;
    private final Map<String, Integer> given;

    /** Compiles plans that compute everything themselves. */
    public PlanCompiler(CanonicalGraph canonical) {
        this(canonical, Map.of());
    }

    /**
     * @param given tensors that plans are fed with instead of computing them, with ONNX's numbers
     *     of their types
     */
    public PlanCompiler(CanonicalGraph canonical, Map<String, Integer> given) {
        this.canonical = canonical;
        this.given = Map.copyOf(given);
    }

    /** The model that runs a structure. */
    public CompiledPlan compile(Structure structure) {
        Compilation compilation = new Compilation(structure, List.of(), true);
        EditedGraph graph = compilation.edited().given(given);
        EditedGraph.Part needed = graph.needed();
        return new CompiledPlan(
                structure,
                graph.model(needed),
                needed.inputs().stream().map(ValueInfoProto::getName).toList(),
                compilation.copied,
                graph.outputs());
    }

    /**
     * The graph with a structure in it.
     *
     * @param cuts where code waits
     */
    EditedGraph edited(Structure structure, List<Site> cuts) {
        return new Compilation(structure, cuts, false).edited();
    }

    /** A value that leaves whole, in some type. */
    private record Leaving(String value, ElementType dtype) {}

    /** One structure being compiled. Sites are visited in forward order, so sources come first. */
    private final class Compilation {
        private final Structure structure;
        private final GraphEditor editor = new GraphEditor(canonical.graph().opset());

        /** What each group of reads sees so far. */
        private final Map<String, String> reads = new HashMap<>();

        /** The newest value of each hooked tensor that no group reads. */
        private final Map<String, String> newest = new HashMap<>();

        private final Map<Site, String> values = new HashMap<>();
        private final List<String> outputs = new ArrayList<>();
        private final Map<Leaving, String> whole = new HashMap<>();
        private final List<GaugeNodes> gauges = new ArrayList<>();
        private final List<Site> cuts;
        private final Map<Site, EditedGraph.Mark> marks = new HashMap<>();
        private final List<EditedGraph.Mark> calls = new ArrayList<>();

        /** What leaves by copy: outputs of taps, then of gauges. */
        private final List<String> copied;

        private final boolean direct;
        private final Set<String> reserved;

        /**
         * @param direct whether a value may leave under its own name, without a copy
         */
        private Compilation(Structure structure, List<Site> cuts, boolean direct) {
            this.structure = structure;
            this.cuts = cuts;
            for (int i = 0; i < structure.gauges().size(); i++) {
                gauges.add(new GaugeNodes(editor, structure.gauges().get(i), i));
            }
            this.direct = direct;
            this.copied = new ArrayList<>(FeedNames.copiedOut(structure));
            this.reserved =
                    canonical.graph().graph().getOutputList().stream()
                            .map(ValueInfoProto::getName)
                            .collect(Collectors.toSet());
            canonical.groups().aliases().forEach(reads::put);
        }

        private EditedGraph edited() {
            NavigableSet<Site> sites = sites();
            sites.forEach(this::visit);
            for (GaugeNodes gauge : gauges) {
                outputs.add(gauge.finish());
            }
            addLogits(sites);
            if (structure.continues()) {
                canonical.signature().past().stream()
                        .map(ModelSignature.Past::present)
                        .forEach(outputs::add);
            }
            return new EditedGraph(
                    canonical.graph().proto(),
                    nodes(),
                    constants(),
                    inputs(),
                    outputs,
                    interrupts());
        }

        /** Where code waits: at the cuts in their order, and at calls in forward order. */
        private List<EditedGraph.Mark> interrupts() {
            List<EditedGraph.Mark> all = new ArrayList<>(calls);
            cuts.forEach(cut -> all.add(Objects.requireNonNull(marks.get(cut))));
            if (!calls.isEmpty()) {
                all.sort(Comparator.comparingInt(mark -> mark.site().order()));
            }
            return all;
        }

        private NavigableSet<Site> sites() {
            NavigableSet<Site> sites = new TreeSet<>(Comparator.comparingInt(Site::order));
            for (SiteEdits edits : structure.edits()) {
                sites.add(edits.site());
                edits.slots().forEach(slot -> slot.source().ifPresent(sites::add));
            }
            structure.taps().forEach(tap -> sites.add(tap.site()));
            structure.gauges().stream()
                    .flatMap(gauge -> gauge.sources().stream())
                    .forEach(source -> sites.add(source.site()));
            sites.addAll(cuts);
            return sites;
        }

        private void visit(Site site) {
            String value = current(site);
            addTaps(site, true, value);
            int slot = 0;
            for (SiteEdits edits : structure.edits()) {
                for (Slot edit : edits.slots()) {
                    if (edits.site().equals(site)) {
                        value = edited(site, slot, edit, value);
                    }
                    slot++;
                }
            }
            if (cuts.contains(site)) {
                EditedGraph.Mark mark = cut(site, OptionalInt.empty(), value);
                marks.put(site, mark);
                value = mark.resumed();
            }
            addTaps(site, false, value);
            update(site, value);
        }

        private String edited(Site site, int slot, Slot edit, String value) {
            if (edit.kind() == EditKind.CALL) {
                EditedGraph.Mark mark = cut(site, OptionalInt.of(slot), value);
                calls.add(mark);
                return mark.resumed();
            }
            return new EditNodes(editor, site, slot).edited(edit, value, source(edit, site, value));
        }

        /**
         * Lets code wait for a value; what is neither made nor edited gets a node that makes it.
         */
        private EditedGraph.Mark cut(Site site, OptionalInt slot, String value) {
            boolean given =
                    value.equals(site.tensor())
                            && canonical
                                    .graph()
                                    .producer(value)
                                    .map(canonical.graph().nodes()::get)
                                    .map(Segmentation::isConstant)
                                    .orElse(true);
            String made = given ? editor.node("Identity", List.of(value)) : value;
            String resumed = FeedNames.resumed(marks.size() + calls.size());
            editor.node(resumed, "Identity", List.of(made));
            return new EditedGraph.Mark(site, slot, made, resumed);
        }

        private String source(Slot edit, Site site, String value) {
            if (edit.kind() != EditKind.FROM_ROW && edit.kind() != EditKind.FROM_INPUT) {
                return value;
            }
            Site source = edit.source().orElseThrow();
            return source.equals(site) ? value : values.getOrDefault(source, source.tensor());
        }

        private void addTaps(Site site, boolean pre, String value) {
            for (int i = 0; i < structure.taps().size(); i++) {
                Tap tap = structure.taps().get(i);
                if (tap.site().equals(site) && tap.pre() == pre) {
                    tap(i, tap, value);
                }
            }
            gauges.forEach(gauge -> gauge.visit(site, pre, value));
        }

        /** Values that leave whole do so once for each type, whoever records them. */
        private void tap(int index, Tap tap, String value) {
            boolean shared = direct && tap.whole();
            Leaving leaving = new Leaving(value, tap.dtype());
            String there = shared ? whole.get(leaving) : null;
            if (there != null) {
                copied.set(index, there);
                return;
            }
            if (mayLeave(tap, value)) {
                copied.set(index, value);
            } else {
                new TapNodes(editor, index).add(tap, value, canonical);
            }
            outputs.add(copied.get(index));
            if (shared) {
                whole.put(leaving, copied.get(index));
            }
        }

        /** Whether the value itself can be the output: made here, and no output already. */
        private boolean mayLeave(Tap tap, String value) {
            return direct
                    && tap.whole()
                    && tap.dtype() == tap.site().dtype()
                    && !reserved.contains(value)
                    && !outputs.contains(value)
                    && isComputed(value);
        }

        private boolean isComputed(String value) {
            return editor.makes(value)
                    || canonical
                            .graph()
                            .producer(value)
                            .map(canonical.graph().nodes()::get)
                            .filter(node -> !Segmentation.isConstant(node))
                            .isPresent();
        }

        /** The value at a site before its own edits: what the reads see that it would redirect. */
        private String current(Site site) {
            return canonical.groups().of(site.tensor()).stream()
                    .filter(group -> group.sites().contains(site.order()))
                    .map(group -> reads.getOrDefault(group.name(), site.tensor()))
                    .findFirst()
                    .orElseGet(() -> newest.getOrDefault(site.tensor(), site.tensor()));
        }

        private void update(Site site, String value) {
            values.put(site, value);
            for (EdgeGroups.Group group : canonical.groups().of(site.tensor())) {
                if (group.sites().contains(site.order())) {
                    reads.put(group.name(), value);
                }
            }
            if (!site.graphOutputs().isEmpty() || site.edges().isEmpty()) {
                newest.put(site.tensor(), value);
            }
        }

        private void addLogits(NavigableSet<Site> sites) {
            if (structure.logits() == LogitsTap.NONE || canonical.signature().logits().isEmpty()) {
                return;
            }
            String logits = canonical.signature().logits().get();
            String value = newest.getOrDefault(logits, logits);
            if (structure.logits() == LogitsTap.LAST) {
                Site input = canonical.head().map(LogitsHead::input).orElse(null);
                boolean narrow =
                        input != null && (sites.isEmpty() || sites.last().order() <= input.order());
                if (input != null && narrow) {
                    update(input, lastRows(current(input)));
                } else {
                    value = lastRows(value);
                }
            }
            editor.node(
                    FeedNames.LOGITS,
                    "Cast",
                    List.of(value),
                    integer("to", OnnxTypes.number(ElementType.FLOAT32)));
            outputs.add(FeedNames.LOGITS);
        }

        /** One position of each row: {@code [batch, 1, width]}. */
        private String lastRows(String value) {
            String rows = editor.input(FeedNames.LOGITS_ROWS, ElementType.INT64);
            String flat = editor.node("Flatten", List.of(value), integer("axis", 2));
            return editor.node("Gather", List.of(flat, rows), integer("axis", 0));
        }

        private List<NodeProto> nodes() {
            List<NodeProto> nodes = new ArrayList<>();
            Map<String, String> aliases = canonical.groups().aliases();
            for (NodeProto node : canonical.graph().nodes()) {
                if (node.getOutputCount() != 1 || !aliases.containsKey(node.getOutput(0))) {
                    nodes.add(redirected(node));
                }
            }
            nodes.addAll(lastFirst(editor.nodes()));
            return nodes;
        }

        private List<TensorProto> constants() {
            List<TensorProto> constants =
                    new ArrayList<>(canonical.graph().graph().getInitializerList());
            constants.addAll(editor.constants());
            return constants;
        }

        /**
         * ONNX Runtime runs what the last node of the file needs, then that node, then the one
         * before it. So the first tap has to be the last node: each tap then runs as soon as its
         * value is there, and the value's memory is free for the next one.
         */
        private static List<NodeProto> lastFirst(List<NodeProto> nodes) {
            List<NodeProto> reversed = new ArrayList<>(nodes);
            Collections.reverse(reversed);
            return reversed;
        }

        private List<ValueInfoProto> inputs() {
            List<ValueInfoProto> inputs = new ArrayList<>();
            canonical.graph().graph().getInputList().stream()
                    .filter(input -> !canonical.graph().initializers().containsKey(input.getName()))
                    .forEach(inputs::add);
            inputs.addAll(editor.inputs());
            return inputs;
        }

        private NodeProto redirected(NodeProto node) {
            NodeProto.Builder out = node.toBuilder();
            for (int i = 0; i < node.getInputCount(); i++) {
                String read = reads.get(node.getInput(i));
                if (read != null) {
                    out.setInput(i, read);
                }
            }
            return out.build();
        }
    }
}
