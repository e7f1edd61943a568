package dev.restoreworker.core;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which clusters may be wiped. Nothing is, unless an operator's pattern allows it; and what a
 * second list protects is never, whatever the first one says.
 */
public final class TargetPolicy {

    private record TargetPattern(String text, Pattern project, Pattern cluster) {

        static TargetPattern of(String text) {
            var stripped = text.strip();
            if (!SHAPE.matcher(stripped).matches()) {
                throw new IllegalArgumentException(
                        ("'%s' is not a target pattern, or one that no target can match: write"
                                        + " project/cluster, the project as the digits of its id,"
                                        + " the cluster by its name, with * for any characters")
                                .formatted(stripped));
            }
            var slash = stripped.indexOf('/');
            return new TargetPattern(
                    stripped,
                    glob(stripped.substring(0, slash)),
                    glob(stripped.substring(slash + 1)));
        }

        private static Pattern glob(String text) {
            return Pattern.compile(text.replace("*", ".*"), Pattern.CASE_INSENSITIVE);
        }

        boolean matches(Delivery.Target target) {
            return project.matcher(target.projectId()).matches()
                    && cluster.matcher(target.clusterName()).matches();
        }
    }

    /** What can match the id of a project, and the name of a cluster. */
    private static final Pattern SHAPE = Pattern.compile("[a-f0-9*]+/[A-Za-z0-9*-]+");

    private final List<TargetPattern> allowed;
    private final List<TargetPattern> protectedOnes;

    /**
     * Takes patterns of the form {@code project/cluster}, {@code *} standing for any characters.
     * The case of a cluster's name makes no difference.
     *
     * @throws IllegalArgumentException naming the pattern that is not one
     */
    public TargetPolicy(List<String> allowed, List<String> protectedOnes) {
        this.allowed = allowed.stream().map(TargetPattern::of).toList();
        this.protectedOnes = protectedOnes.stream().map(TargetPattern::of).toList();
    }

    /** Why this delivery must not be sent; empty if it may be. A download wipes nothing. */
    public Optional<String> objection(Delivery delivery) {
        return delivery.wipes().flatMap(this::objection);
    }

    private Optional<String> objection(Delivery.Target target) {
        var guard = protectedOnes.stream().filter(pattern -> pattern.matches(target)).findFirst();
        if (guard.isPresent()) {
            return Optional.of(
                    "%s is protected by '%s' in restore.targets.protected"
                            .formatted(target, guard.get().text()));
        }
        return allowed.stream().anyMatch(pattern -> pattern.matches(target))
                ? Optional.empty()
                : Optional.of(
                        "%s is on no line of restore.targets.allowed: an operator must add it"
                                .formatted(target));
    }
}
