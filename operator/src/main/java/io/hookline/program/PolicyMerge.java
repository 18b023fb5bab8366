/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One program of an event's and of the policies that apply to it. */
final class PolicyMerge {
    private final Program event;
    private final List<ControlEntry.Policy> policies;

    private PolicyMerge(Program event, List<ControlEntry.Policy> policies) {
        this.event = event;
        this.policies = policies;
    }

    static Program of(Program event, List<ControlEntry.Policy> policies) {
        return policies.isEmpty() ? event : new PolicyMerge(event, policies).merged();
    }

    private Program merged() {
        return new Program(
                about(),
                policies.stream().map(ControlEntry.Policy::name).toList(),
                invocations(),
                interventions(),
                caches(),
                first(event.generate(), Program::generate),
                logits(),
                event.stop().or(this::stop));
    }

    private About about() {
        About about = event.about();
        return new About(
                about.id(),
                first(about.model(), policy -> policy.about().model()),
                about.tenant(),
                about.session(),
                about.time(),
                about.headers());
    }

    /** The event's own, else the last policy's that has one. */
    private <T> Optional<T> first(Optional<T> own, Function<Program, Optional<T>> of) {
        return own.or(
                () ->
                        policies.stream()
                                .flatMap(policy -> of.apply(policy.body()).stream())
                                .reduce((earlier, later) -> later));
    }

    private Optional<StopAt> stop() {
        return policies.stream()
                .flatMap(
                        policy ->
                                policy.body().stop().stream()
                                        .map(stop -> stop.movedTo(pointer(policy, "stop"))))
                .reduce((earlier, later) -> later);
    }

    private LogitsRequest logits() {
        Optional<LogitsRequest> own = Optional.of(event.logits()).filter(PolicyMerge::isSet);
        return first(own, policy -> Optional.of(policy.logits()).filter(PolicyMerge::isSet))
                .orElse(LogitsRequest.LAST);
    }

    private static boolean isSet(LogitsRequest logits) {
        return logits != LogitsRequest.LAST;
    }

    private List<Intervention> interventions() {
        List<Intervention> all = new ArrayList<>();
        for (ControlEntry.Policy policy : policies) {
            List<Intervention> own = policy.body().interventions();
            for (int i = 0; i < own.size(); i++) {
                all.add(own.get(i).movedTo(pointer(policy, "interventions", i)));
            }
        }
        all.addAll(event.interventions());
        return all;
    }

    private static String pointer(ControlEntry.Policy policy, String field, int index) {
        return Pointers.of(pointer(policy, field), index);
    }

    private static String pointer(ControlEntry.Policy policy, String field) {
        return Pointers.of(Pointers.of("/policies", policy.name()), field);
    }

    /**
     * A cache without a name is known by its index in the event; policies must not shift it, so the
     * index becomes its name. A policy's own has the policy's name and its index there.
     */
    private List<CachePolicy> caches() {
        List<CachePolicy> all = new ArrayList<>();
        for (ControlEntry.Policy policy : policies) {
            List<CachePolicy> own = policy.body().cache();
            for (int i = 0; i < own.size(); i++) {
                String name = own.get(i).name().orElse(policy.name() + "." + i);
                all.add(own.get(i).movedTo(name, pointer(policy, "cache", i)));
            }
        }
        all.addAll(named(event.cache(), 0));
        return all;
    }

    private List<Invocation> invocations() {
        int before = event.cache().size();
        return event.invocations().stream()
                .map(each -> each.with(each.interventions(), named(each.cache(), before)))
                .toList();
    }

    private static List<CachePolicy> named(List<CachePolicy> caches, int before) {
        List<CachePolicy> named = new ArrayList<>();
        for (int i = 0; i < caches.size(); i++) {
            CachePolicy cache = caches.get(i);
            String name = cache.name().orElse(Integer.toString(before + i));
            named.add(cache.movedTo(name, cache.pointer()));
        }
        return named;
    }
}
