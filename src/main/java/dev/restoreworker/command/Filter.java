package dev.restoreworker.command;

import dev.restoreworker.DeadLetter.Reason;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The options that choose dead letters; all that are given must be true of one. */
final class Filter {

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            description = "Became a dead letter for this: ${COMPLETION-CANDIDATES}. Repeatable.")
    private Set<Reason> reasons = EnumSet.noneOf(Reason.class);

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description =
                    "Became one at this time or later: 2026-07-01T03:00:00Z, or PT1H for an hour"
                            + " ago.")
    private @Nullable Instant from;

    @Option(names = "--to", paramLabel = "TIME", description = "Became one before this time.")
    private @Nullable Instant to;

    @Option(names = "--partition", paramLabel = "P", description = "Stands in this partition.")
    private @Nullable Integer partition;

    @Option(
            names = "--offset",
            paramLabel = "OFFSET",
            description = "Stands at this offset of --partition.")
    private @Nullable Long offset;

    @Parameters(
            arity = "0..*",
            paramLabel = "P/OFFSET",
            description = "Is one of these, as list names them.")
    private Set<Place> places = new HashSet<>();

    /** What was chosen; {@code spec} is the command's that is told of a contradiction. */
    Choice choice(CommandSpec spec) {
        var chosen = new HashSet<>(places);
        if (offset != null) {
            if (partition == null) {
                throw wrong(spec, "--offset needs --partition");
            }
            if (partition < 0 || offset < 0) {
                throw wrong(spec, "--partition and --offset are no less than 0");
            }
            if (!places.isEmpty()) {
                throw wrong(spec, "give --partition and --offset, or P/OFFSET, not both");
            }
            chosen.add(new Place(partition, offset));
        }
        if (from != null && to != null && !from.isBefore(to)) {
            throw wrong(spec, "--from must be before --to");
        }
        return new Choice(reasons, from, to, partition, chosen);
    }

    private static ParameterException wrong(CommandSpec spec, String why) {
        return new ParameterException(spec.commandLine(), why);
    }
}
