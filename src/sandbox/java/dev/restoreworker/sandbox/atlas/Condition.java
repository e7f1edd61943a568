package dev.restoreworker.sandbox.atlas;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which calls a rule takes; null is any.
 *
 * @param calls empty is any
 * @param nth the only one of the calls that fit, counted from 1; 0 is any
 * @param every takes each call that fits whose count is a multiple of it
 * @param probability of one that would be taken
 * @param times it takes no more than so many
 * @param until from then on it takes none
 */
record Condition(
        Set<Operation> calls,
        @Nullable String project,
        @Nullable String cluster,
        @Nullable String targetProject,
        @Nullable String target,
        @Nullable String snapshot,
        int nth,
        int every,
        double probability,
        int times,
        @Nullable Instant until) {
    Condition {
        calls = Set.copyOf(calls);
    }

    /** Whether the call is of the kind that the rule counts. */
    boolean fits(Facts facts) {
        return (calls.isEmpty() || calls.contains(facts.operation()))
                && same(project, facts.project())
                && same(cluster, facts.cluster())
                && same(targetProject, facts.targetProject())
                && same(target, facts.target())
                && same(snapshot, facts.snapshot());
    }

    /** Whether it takes a call that fits, being the {@code count}-th, after it took so many. */
    boolean takes(long count, long taken, Instant now) {
        return (nth == 0 || count == nth)
                && count % every == 0
                && taken < times
                && (until == null || now.isBefore(until));
    }

    private static boolean same(@Nullable String wanted, @Nullable String found) {
        return wanted == null || wanted.equals(found);
    }
}
