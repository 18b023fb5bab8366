/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.HookPoint;
import io.hookline.model.ModuleTree;
import io.hookline.model.Site;
import io.hookline.schema.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A block while it runs, and what it asks the model through. It moves forward with the model: what
 * it asked for once, it can't go back behind. Exactly one of the model and the blocks runs at any
 * time, and blocks are served in the order in which they were defined.
 */
public final class Mediator implements Tensor.Origin {
    private static final ThreadLocal<@Nullable Mediator> CURRENT = new ThreadLocal<>();

    private final String name;
    private final String blockName;
    private final Scope scope;
    private final Interleaver run;
    private final Coroutine coroutine;
    private final Deque<Request> queue = new ArrayDeque<>();
    private final IdentityHashMap<Request, Asked> lines = new IdentityHashMap<>();
    private final List<CacheRecorder> caches = new ArrayList<>();
    private Visit cursor = Visit.START;
    private @Nullable Wait wait;
    private boolean asked;
    private int iteration = -1;
    private boolean bound;

    Mediator(String name, Scope scope, Block block, Interleaver run) {
        this.name = name;
        this.blockName = block.getClass().getName();
        this.scope = scope;
        this.run = run;
        this.coroutine = new Coroutine("hookline " + name, () -> runBlock(block));
    }

    private void runBlock(Block block) throws Exception {
        CURRENT.set(this);
        try {
            block.run(this);
        } catch (Ended e) {
            // The run is over for this block; whoever ended it knows why.
        } finally {
            CURRENT.remove();
        }
    }

    /** Ends a block from inside. */
    static final class Ended extends Error {
        private static final long serialVersionUID = 1;

        Ended() {
            super("the trace has ended for this block", null, false, false);
        }
    }

    /**
     * Remembers where something was asked for; which line that is, is found out when it matters.
     */
    private static final class Asked extends Throwable {
        private static final long serialVersionUID = 1;
    }

    private void ask(Request request) {
        queue.add(request);
        lines.put(request, new Asked());
    }

    /** Forgets a request that was served; requests hold values. */
    void served(Request request) {
        lines.remove(request);
    }

    private static boolean isRunner(String type, String method) {
        return method.equals("runBlock") && type.equals(Mediator.class.getName());
    }

    /** File and line in the block that threw, empty when it was not in a block. */
    private static String line(StackTraceElement[] frames) {
        for (int i = 1; i < frames.length; i++) {
            if (isRunner(frames[i].getClassName(), frames[i].getMethodName())) {
                return frames[i - 1].getFileName() + ":" + frames[i - 1].getLineNumber();
            }
        }
        return "";
    }

    /** File and line where a request was made, empty when unknown. */
    private String line(@Nullable Request request) {
        Asked asked = request == null ? null : lines.get(request);
        return asked == null ? "" : line(asked.getStackTrace());
    }

    /** The block that runs on this thread. */
    static Mediator current(String what) {
        Mediator current = CURRENT.get();
        if (current == null) {
            throw new TraceException(
                    ErrorCode.OUT_OF_ORDER,
                    "can't access %s outside of interleaving: no block of a trace runs here"
                            .formatted(what));
        }
        return current;
    }

    static boolean isInside() {
        return CURRENT.get() != null;
    }

    /** Which block it is, e.g. {@code invocation 1}. */
    public String name() {
        return name;
    }

    /** The run that it is part of. */
    public Interleaver interleaver() {
        return run;
    }

    /** Index of its first row in the batch. */
    public int firstRow() {
        return scope.first();
    }

    /** How many rows of the batch it sees. */
    public int rows() {
        return scope.count();
    }

    /** Tokens of each of its rows in the prompt. */
    public int[] lengths() {
        return Arrays.copyOfRange(
                run.promptLengths(), scope.first(), scope.first() + scope.count());
    }

    /**
     * A module of the model.
     *
     * @param path from the root {@code model}, which may be left out
     * @throws TraceException with {@code UNKNOWN_MODULE} and the nearest right name
     */
    public Envoy module(String path) {
        return new Envoy(run.modules(), run.modules().find(path), this);
    }

    /** The root of the model. */
    public Envoy root() {
        return module(ModuleTree.ROOT);
    }

    /**
     * Records values from now on, after all edits, own rows only. What is returned fills while the
     * model runs and is kept. It must be asked for before any value of the model.
     */
    public CacheDict cache(CacheOption... options) {
        checkCurrent("a cache");
        if (asked) {
            throw new TraceException(
                    ErrorCode.OUT_OF_ORDER,
                    "a cache must be declared before the block reads or changes a value of the model");
        }
        CacheRecorder recorder = CacheRecorder.of(run.modules(), options, scope);
        caches.add(recorder);
        return recorder.dict();
    }

    /** Runs a loop's body at one step, counted in visits of the hook point it asks for first. */
    public Iterable<Integer> iter(int index) {
        return iter(List.of(index));
    }

    /** Runs a loop's body at each step from one up to but without the other. */
    public Iterable<Integer> iter(int from, int to) {
        return to < 0 ? iter(List.of(to)) : iterations(from, i -> i < to);
    }

    /** Runs a loop's body at the listed steps, in that order. */
    public Iterable<Integer> iter(List<Integer> steps) {
        return new Iterations(steps, this);
    }

    /** Runs a loop's body at each step from that one to the last that the run may make. */
    public Iterable<Integer> iterFrom(int from) {
        int most = run.steps() * run.modules().mostVisits();
        return iterations(from, i -> i < most);
    }

    /** Runs a loop's body at every step that the run may make. */
    public Iterable<Integer> all() {
        return iterFrom(0);
    }

    private Iterable<Integer> iterations(int from, IntPredicate more) {
        List<Integer> steps = new ArrayList<>();
        if (from < 0) {
            steps.add(from);
        }
        for (int i = from; i >= 0 && more.test(i); i++) {
            steps.add(i);
        }
        return new Iterations(steps, this);
    }

    /** Sets which visit is meant; negative after a loop. */
    void iterate(int to) {
        checkCurrent("a loop over steps");
        iteration = to;
        bound = false;
    }

    /**
     * Ends the run for all blocks, here: nothing behind the last value that this block asked for is
     * computed. Does not return.
     */
    public void stop() {
        checkCurrent("stop");
        Visit here = cursor.compareTo(run.position()) < 0 ? run.position() : cursor;
        ask(new Request.Stop(here, isInLoop()));
        throw new Ended();
    }

    /**
     * What the traced call returns: of a generation the ids of prompt and new tokens {@code [rows,
     * tokens]}, else the model's output. It comes last, after every module.
     */
    public Tensor result() {
        checkCurrent("the result");
        asked = true;
        if (!run.generates()) {
            return root().output();
        }
        cursor = Visit.END;
        await(new Wait.End());
        return run.batcher().ids(scope);
    }

    /**
     * The token ids that go into a step {@code [rows, tokens]}: the prompt at step 0, then the
     * newest token; at the step after the last it is the last token. Comes before every module.
     */
    public Tensor streamed() {
        checkCurrent("streamed tokens");
        asked = true;
        int step = Math.max(iteration, 0);
        move(Visit.beforeAll(step, "model.generator.streamer.output.i" + step));
        bound = true;
        if (step > run.pass().step()) {
            await(new Wait.Token(step));
        }
        return run.batcher().streamed(scope, step);
    }

    /** Lays a value down for the other blocks of the trace, and of the session. */
    public void share(String key, Object value) {
        checkCurrent("shared values");
        run.shared().put(key, value);
    }

    /**
     * A tensor that a block laid down.
     *
     * @throws TraceException with {@code OUT_OF_ORDER} when none has yet: a barrier makes sure
     */
    public Tensor shared(String key) {
        return shared(key, Tensor.class);
    }

    /** A value that a block laid down. */
    public <T> T shared(String key, Class<T> type) {
        checkCurrent("shared values");
        Object value = run.shared().get(key);
        if (value == null) {
            throw new TraceException(
                    ErrorCode.OUT_OF_ORDER,
                    "nothing is shared as '%s' yet%s, a barrier makes one block wait for another"
                            .formatted(
                                    key,
                                    io.hookline.program.NearestName.hint(
                                            key, run.shared().keySet())));
        }
        return type.cast(value);
    }

    /** Hands a value out of the trace under a name; a tensor is saved. */
    public void save(String key, Object value) {
        checkCurrent("saved values");
        run.save(key, value);
    }

    Tensor read(HookPoint point) {
        Bound at = bind(point);
        Tensor tensor = promised(at.site());
        Request.Read read = new Request.Read(at.visit(), isInLoop(), tensor);
        ask(read);
        run.reading(read);
        return tensor;
    }

    private Tensor promised(Site site) {
        Pass pass = run.pass();
        Tensor tensor =
                Tensor.promised(site.dtype(), scope.shape(site, pass), scope.lengths(pass), this);
        run.promise(tensor);
        return tensor;
    }

    void replace(HookPoint point, Tensor value) {
        Bound at = bind(point);
        checkFits(at.site(), value);
        Tensor known = known(value);
        checkOrder(at.visit());
        ask(new Request.Replace(at.visit(), isInLoop(), known));
    }

    void skip(HookPoint gate, HookPoint output, Tensor value) {
        Bound at = bind(gate);
        Site site =
                run.modules().sites(output).stream()
                        .filter(each -> each.visit() == at.site().visit())
                        .findFirst()
                        .orElseThrow(() -> Modules.noValue(output));
        checkFits(site, value);
        Tensor known = known(value);
        checkOrder(at.visit());
        Visit end = Visit.of(at.visit().step(), site, run.modules().sites(output).size());
        Request.Skip skip = new Request.Skip(end, isInLoop(), at.visit(), known);
        ask(skip);
        run.skipped(this, skip);
    }

    /** The value as it is now, so that later changes of it don't count. */
    private Tensor known(Tensor value) {
        float[] numbers = value.peek();
        return new Tensor(
                value.dtype(),
                value.rawShape(),
                new int[0],
                numbers == null ? null : numbers.clone());
    }

    private void checkFits(Site site, Tensor value) {
        int[] own = scope.shape(site, run.pass());
        if (!Shapes.fits(value.rawShape(), own)) {
            throw new TraceException(
                    ErrorCode.SHAPE_MISMATCH,
                    "a value of shape %s can't be put at '%s': %s owns rows %d to %d of %d, %s"
                            .formatted(
                                    Arrays.toString(value.rawShape()),
                                    site.point(),
                                    name,
                                    scope.first(),
                                    scope.first() + scope.count() - 1,
                                    run.promptLengths().length,
                                    Arrays.toString(own)));
        }
    }

    @Override
    public void write(Tensor tensor, Selector where, Tensor value) {
        checkCurrent("a value of the model");
        Request.Read read = run.readOf(tensor);
        if (read == null) {
            throw new TraceException(
                    ErrorCode.OUT_OF_ORDER, "the model can be changed by the block that read");
        }
        Region region = Region.of(where, tensor.rawShape(), tensor.rawLengths());
        if (!Shapes.fits(value.rawShape(), region.selectedShape())) {
            throw new TraceException(
                    ErrorCode.SHAPE_MISMATCH,
                    "a value of shape %s does not broadcast to %s of '%s'"
                            .formatted(
                                    Arrays.toString(value.rawShape()),
                                    Arrays.toString(region.selectedShape()),
                                    read.visit().name()));
        }
        Tensor known = known(value);
        if (cursor.compareTo(read.visit()) != 0) {
            throw outOfOrder(read.visit());
        }
        checkOrder(read.visit());
        ask(new Request.Change(read.visit(), isInLoop(), tensor, where, known));
    }

    /** Where a request goes. */
    private record Bound(Visit visit, Site site) {}

    private Bound bind(HookPoint point) {
        checkCurrent("'" + point + "'");
        List<Site> sites = run.modules().sites(point);
        if (sites.isEmpty()) {
            throw Modules.noValue(point);
        }
        asked = true;
        Bound at = iteration > 0 && bound ? following(sites) : occurrence(sites);
        checkSkipped(at.visit());
        move(at.visit());
        awaitStep(at.visit());
        return at;
    }

    private Bound occurrence(List<Site> sites) {
        int occurrence = Math.max(iteration, 0);
        Site site = sites.get(occurrence % sites.size());
        bound = true;
        return new Bound(Visit.of(occurrence / sites.size(), site, sites.size()), site);
    }

    /** In a loop, whatever comes after the first request means the same step. */
    private Bound following(List<Site> sites) {
        for (Site site : sites) {
            Visit visit = Visit.of(cursor.step(), site, sites.size());
            if (visit.compareTo(cursor) >= 0) {
                return new Bound(visit, site);
            }
        }
        throw outOfOrder(Visit.of(cursor.step(), sites.get(sites.size() - 1), sites.size()));
    }

    private void checkSkipped(Visit visit) {
        for (Request.Skip skip : run.skips(this)) {
            if (skip.covers(visit)) {
                throw new TraceException(
                        ErrorCode.OUT_OF_ORDER,
                        "'%s' never comes: the module around it is skipped, '%s' comes next"
                                .formatted(visit.name(), skip.visit().name()));
            }
        }
    }

    private void move(Visit to) {
        if (to.compareTo(cursor) < 0) {
            throw outOfOrder(to);
        }
        checkOrder(to);
        cursor = to;
    }

    private void checkOrder(Visit visit) {
        if (visit.compareTo(run.position()) < 0) {
            throw new TraceException(
                    ErrorCode.OUT_OF_ORDER,
                    "'%s' was requested but the model already ran past it, it is at '%s'"
                            .formatted(visit.name(), run.position().name()));
        }
    }

    private TraceException outOfOrder(Visit asked) {
        return new TraceException(
                ErrorCode.OUT_OF_ORDER,
                "'%s' was requested but the model already ran past it: the block had asked for '%s'"
                        .formatted(asked.name(), cursor.name()));
    }

    private void awaitStep(Visit visit) {
        if (visit.step() > run.pass().step()) {
            await(new Wait.Step(visit.step()));
        }
    }

    /** Waits for the numbers of a tensor that this block read; any block may wait for them. */
    @Override
    public void await(Tensor tensor) {
        Mediator current = CURRENT.get();
        if (current == null || current.run != run) {
            throw new TraceException(
                    ErrorCode.OUT_OF_ORDER,
                    "a value of a trace can be looked at in its blocks, or when it was saved");
        }
        current.await(new Wait.Numbers(tensor));
    }

    void await(Wait what) {
        wait = what;
        coroutine.park();
        wait = null;
    }

    /** Opens a barrier: nobody may go back behind where the last one is. */
    static void meet(Collection<Mediator> met) {
        Visit latest = Visit.START;
        for (Mediator each : met) {
            latest = each.cursor.compareTo(latest) > 0 ? each.cursor : latest;
        }
        for (Mediator each : met) {
            each.cursor = latest;
        }
    }

    private void checkCurrent(String what) {
        if (!coroutine.isCurrent()) {
            throw new TraceException(
                    ErrorCode.OUT_OF_ORDER,
                    "can't access %s outside of interleaving: %s does not run here"
                            .formatted(what, name));
        }
    }

    boolean isInLoop() {
        return iteration >= 0;
    }

    Deque<Request> queue() {
        return queue;
    }

    List<CacheRecorder> caches() {
        return caches;
    }

    /** Tells blocks of different code apart. */
    String blockName() {
        return blockName;
    }

    Scope scope() {
        return scope;
    }

    Coroutine coroutine() {
        return coroutine;
    }

    Visit cursor() {
        return cursor;
    }

    @Nullable Wait waitsFor() {
        return wait;
    }

    /** Where the block failed. */
    MediatorException.Failure failure(Throwable thrown) {
        String thrownAt = line(thrown.getStackTrace());
        Request left = queue.peek();
        String line = thrownAt.isEmpty() ? line(left) : thrownAt;
        boolean atStart = cursor.compareTo(Visit.START) == 0;
        return new MediatorException.Failure(name, atStart ? "" : cursor.name(), line);
    }

    @Override
    public String toString() {
        return name;
    }
}
