/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.InvocationSettings;
import io.hookline.operator.internal.ModelVersion.Arrival;
import io.hookline.operator.internal.control.ControlRef;
import io.hookline.operator.internal.control.ControlSet;
import io.hookline.operator.internal.control.InForce;
import io.hookline.program.ControlEntry;
import io.hookline.program.NearestName;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.schema.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The models of a job. A version that is put is opened in the background; events run on what serves
 * until it is ready, then on it. An event stays on the version it arrived with, which is released
 * when the last such event has left. Belongs to the task thread.
 */
final class JobModels {
    /** Versions of one name that may be in force or on their way at once. */
    static final int MAX_VERSIONS = 4;

    private final InvocationSettings settings;
    private final Opening opening;
    private final Changes changes;
    private final String own;

    /** Of each name those in force or on their way, in the order of their arrival. */
    private final Map<String, List<ModelVersion>> versions = new TreeMap<>();

    private final Map<ControlRef, ModelVersion> known = new HashMap<>();
    private final Map<ServedModel, ModelVersion> serving = new HashMap<>();
    private List<Waiting> waiting = new ArrayList<>();
    private final ModelVersion configured;

    /** Opens and releases models in the background. */
    interface Opening {
        void open(ModelRequest request, Consumer<ModelOpener.Opened> then);

        void release(ServedModel model);
    }

    /** Is told what happens to versions. */
    interface Changes {
        /** It is there, whether or not it serves. */
        void opened(ServedModel model);

        /** Nobody needs it any more. */
        void closed(ServedModel model);

        /** It serves from now on. */
        void ready(ModelVersion version, ServedModel model) throws Exception;

        /** It could not be opened. */
        void failed(ModelVersion version, Problem problem) throws Exception;

        /** No event that arrives will get it any more. */
        void superseded(ModelVersion version) throws Exception;

        /** There is no model of that name any more. */
        void ended(String name);
    }

    /**
     * An event that waits for a version.
     *
     * @param pinned the only one that it may run on
     * @param meanwhile is told the event with that one
     * @param then is told what it runs on
     */
    private record Waiting(
            Ask ask, Optional<ModelVersion> pinned, Consumer<Ask> meanwhile, Consumer<Ask> then) {}

    /**
     * @param model the job's own, open
     */
    JobModels(InvocationSettings settings, ServedModel model, Opening opening, Changes changes) {
        this.settings = settings;
        this.opening = opening;
        this.changes = changes;
        this.own = model.info().name();
        this.configured = ModelVersion.own(own);
        configured.opened(model);
        serving.put(model, configured);
        changes.opened(model);
        list(own).add(configured);
    }

    private List<ModelVersion> list(String name) {
        return versions.computeIfAbsent(name, absent -> new ArrayList<>());
    }

    /**
     * Applies a control event that puts or removes a model.
     *
     * @throws ProgramException when it is wrong; then nothing changes
     */
    void apply(InForce control, Arrival arrival) throws Exception {
        String name = control.entry().name();
        if (control.entry() instanceof ControlEntry.Model) {
            put(ModelVersion.of(control, arrival), request(control));
        } else if (control.entry().effective().isEmpty()) {
            remove(name);
        } else if (name.equals(own)) {
            put(ModelVersion.of(control, arrival), request(control));
        } else {
            refuseMany(name);
            ModelVersion end = ModelVersion.end(control, arrival);
            list(name).add(end);
            supersede(end);
        }
    }

    private void put(ModelVersion version, ModelRequest request) throws ProgramException {
        refuseMany(version.name());
        list(version.name()).add(version);
        open(version, request);
    }

    /** What a control event asks to be opened: where it puts nothing, the job's own model. */
    private ModelRequest request(InForce control) throws ProgramException {
        return control.entry() instanceof ControlEntry.Model put
                ? ModelRequest.of(put, settings)
                : ModelRequest.own(settings);
    }

    private void refuseMany(String name) throws ProgramException {
        if (list(name).size() >= MAX_VERSIONS) {
            throw new ProgramException(
                    List.of(
                            new Problem(
                                    ErrorCode.UNSUPPORTED_PROGRAM,
                                    "/name",
                                    "%d versions of model '%s' are in force or being opened, more are not kept at once"
                                            .formatted(MAX_VERSIONS, name))));
        }
    }

    private void open(ModelVersion version, ModelRequest request) {
        version.source().ifPresent(source -> known.put(source.ref(), version));
        opening.open(request, opened -> opened(version, opened));
    }

    /** Whether a control event is done with when it was applied, so that nobody has to keep it. */
    static boolean isAtOnce(InForce control) {
        return control.entry() instanceof ControlEntry.Removal removal
                && removal.effective().isEmpty();
    }

    /** What was put of that name is gone; the job's own model serves again when it has it. */
    private void remove(String name) throws Exception {
        List<ModelVersion> all = list(name);
        if (!name.equals(own)) {
            for (ModelVersion version : List.copyOf(all)) {
                drop(version);
            }
            changes.ended(name);
            wake(name);
        } else if (all.stream().anyMatch(version -> version.source().isPresent())) {
            for (ModelVersion version : all) {
                changes.superseded(version);
            }
            ModelVersion again = ModelVersion.own(own);
            all.add(again);
            open(again, ModelRequest.own(settings));
        }
    }

    private void opened(ModelVersion version, ModelOpener.Opened opened) {
        try {
            if (opened instanceof ModelOpener.Opened.Served served) {
                served(version, served.model());
            } else if (opened instanceof ModelOpener.Opened.Refused refused) {
                failed(version, refused.problem());
            }
            wake(version.name());
            release(version);
        } catch (Exception failed) {
            throw new IllegalStateException(
                    "%s can't be taken up".formatted(version.described()), failed);
        }
    }

    private void served(ModelVersion version, ServedModel model) throws Exception {
        version.opened(model);
        serving.put(model, version);
        changes.opened(model);
        if (version.isInForce()) {
            supersede(version);
            changes.ready(version, model);
        }
    }

    /** What was in state stays there, since it may be possible again after the next start. */
    private void failed(ModelVersion version, Problem problem) throws Exception {
        version.failed(problem.message());
        changes.failed(version, problem);
        if (version.arrival() != Arrival.RESTORED) {
            version.source().ifPresent(source -> known.remove(source.ref()));
            drop(version);
        }
    }

    /** Drops what can't be meant any more beside a newer one that is ready. */
    private void supersede(ModelVersion newest) throws Exception {
        List<ModelVersion> all = list(newest.name());
        for (ModelVersion older : List.copyOf(all.subList(0, all.indexOf(newest)))) {
            if (!older.from().isBefore(newest.from())) {
                drop(older);
            }
        }
    }

    private void drop(ModelVersion version) throws Exception {
        list(version.name()).remove(version);
        version.supersede();
        changes.superseded(version);
        release(version);
    }

    private void release(ModelVersion version) {
        version.idle()
                .ifPresent(
                        model -> {
                            serving.remove(model);
                            changes.closed(model);
                            version.source().ifPresent(source -> known.remove(source.ref()));
                            opening.release(model);
                        });
    }

    /** No event from before that time will come any more, but for late ones. */
    void passed(Instant time) throws Exception {
        for (List<ModelVersion> all : List.copyOf(versions.values())) {
            Optional<ModelVersion> latest =
                    all.stream()
                            .filter(version -> version.isEnd() || version.model().isPresent())
                            .filter(version -> !version.from().isAfter(time))
                            .reduce((earlier, later) -> later);
            if (latest.isPresent()) {
                for (ModelVersion older : List.copyOf(all.subList(0, all.indexOf(latest.get())))) {
                    drop(older);
                }
                if (latest.get().isEnd()) {
                    drop(latest.get());
                    changes.ended(latest.get().name());
                }
            }
        }
    }

    /**
     * Finds the model that an event runs on, waiting for it when it is on its way.
     *
     * @param controls those that the event arrived with; those of one that comes from state may
     *     name its version
     * @param meanwhile is told the event with its version when it has to wait for that one
     * @param then is told the event with its model, or with what is wrong
     */
    void serve(Ask ask, ControlSet controls, Consumer<Ask> meanwhile, Consumer<Ask> then) {
        serve(new Waiting(ask, controls.model().map(this::pinned), meanwhile, then));
    }

    /** The version that an event had before the task started anew. */
    private ModelVersion pinned(InForce had) {
        if (!(had.entry() instanceof ControlEntry.Model)) {
            return configured;
        }
        ModelVersion before = known.get(had.ref());
        return before == null ? reopened(had) : before;
    }

    private ModelVersion reopened(InForce put) {
        ModelVersion version = ModelVersion.of(put, Arrival.RESTORED);
        version.supersede();
        try {
            open(version, request(put));
        } catch (ProgramException refused) {
            version.failed(refused.problems().get(0).message());
        }
        return version;
    }

    private void serve(Waiting event) {
        Optional<ModelVersion> chosen =
                event.pinned().or(() -> choose(nameOf(event.ask()), event.ask().eventTime()));
        Optional<ServedModel> model = chosen.flatMap(ModelVersion::model);
        if (model.isPresent()) {
            chosen.get().use();
            event.then().accept(event.ask().on(chosen.get()));
        } else if (chosen.isPresent() && chosen.get().isOpening()) {
            waiting.add(event);
            event.pinned().map(event.ask()::on).ifPresent(event.meanwhile());
        } else {
            event.then().accept(event.ask().with(unknown(event.ask(), chosen)));
        }
    }

    /**
     * The newest that is meant at that time and ready. Events wait where none is, and for one that
     * was there before the first event.
     */
    private Optional<ModelVersion> choose(String name, long eventTime) {
        List<ModelVersion> all = versions.getOrDefault(name, List.of());
        Instant time = Instant.ofEpochMilli(eventTime);
        ModelVersion awaited = null;
        ModelVersion broken = null;
        for (int i = all.size() - 1; i >= 0; i--) {
            ModelVersion version = all.get(i);
            if (version.from().isAfter(time)) {
                continue;
            }
            if (version.isEnd()) {
                break;
            }
            boolean before = version.isOpening() && version.arrival() != Arrival.LIVE;
            if (version.model().isPresent() || before) {
                return Optional.of(version);
            }
            awaited = awaited == null && version.isOpening() ? version : awaited;
            broken = broken == null ? version : broken;
        }
        return Optional.ofNullable(awaited == null ? broken : awaited);
    }

    private void wake(String name) {
        List<Waiting> before = waiting;
        waiting = new ArrayList<>();
        for (Waiting event : before) {
            if (nameOf(event.ask()).equals(name)) {
                serve(event);
            } else {
                waiting.add(event);
            }
        }
    }

    /** An event's model is needed once more. */
    void hold(Ask ask) {
        ask.model().map(serving::get).ifPresent(ModelVersion::use);
    }

    /** An event has left, so that its model may. */
    void done(Ask ask) {
        ask.model()
                .map(serving::get)
                .ifPresent(
                        version -> {
                            version.unuse();
                            release(version);
                        });
    }

    private String nameOf(Ask ask) {
        return ask.program().about().model().orElse(own);
    }

    private Problem unknown(Ask ask, Optional<ModelVersion> failed) {
        String name = nameOf(ask);
        String message =
                failed.isPresent()
                        ? "%s can't be loaded: %s"
                                .formatted(
                                        failed.get().described(),
                                        failed.get().failure().orElse("it was removed"))
                        : "no model '%s', this job runs %s%s"
                                .formatted(name, names(), NearestName.hint(name, present()));
        return new Problem(ErrorCode.UNKNOWN_MODEL, "/model", message);
    }

    private List<String> present() {
        return versions.entrySet().stream()
                .filter(each -> each.getValue().stream().anyMatch(v -> v.model().isPresent()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private String names() {
        return String.join(", ", present().stream().map("'%s'"::formatted).toList());
    }

    /** Each model that is open. */
    List<ModelRuntime> runtimes() {
        return serving.keySet().stream().map(ServedModel::runtime).toList();
    }
}
