package dev.restoreworker.command;

import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        mixinStandardHelpOptions = true,
        name = "replay",
        description = {
            "Publishes dead letters as requests again, each as it came and no more than once.",
            "Without --execute it only tells what it would do."
        })
final class ReplayCommand implements Callable<Integer> {

    private static final int RATE_MAX = 10_000;

    private final Context context;

    @Mixin private Filter filter = new Filter();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--execute", description = "Does it.")
    private boolean execute;

    @Option(names = "--limit", paramLabel = "N", description = "Replays no more than this many.")
    private @Nullable Long limit;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "10",
            description = "Replays this many a second; ${DEFAULT-VALUE} if it is not given.")
    private int rate;

    ReplayCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var choice = filter.choice(spec);
        check(choice);
        var kafka = context.kafka().get();
        var tally = new Tally(context.out());
        var stop = new Stop();
        if (!execute) {
            dryRun(kafka, choice, tally, stop);
            tally.sumUp("would be replayed");
            context.out()
                    .printf(
                            "This was a dry run: nothing was sent. To send them to %s, run it again with --execute.%n",
                            kafka.topics().requests());
            return tally.status();
        }
        try (var _ = stop.onSignal()) {
            replay(kafka, choice, tally, stop);
            tally.sumUp("replayed to " + kafka.topics().requests());
            if (stop.isRequested()) {
                context.out().println("It was stopped. Run it again to go on where it ended.");
                return Commands.NOT_ALL_DONE;
            }
            return tally.status();
        }
    }

    private void check(Choice choice) {
        if (choice.isEmpty()) {
            throw wrong("say which ones: --reason, --from, --to, --partition or P/OFFSET");
        }
        if (limit != null && limit < 1) {
            throw wrong("--limit must be at least 1");
        }
        if (rate < 1 || rate > RATE_MAX) {
            throw wrong("--rate must be from 1 to " + RATE_MAX);
        }
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    private void dryRun(KafkaAccess kafka, Choice choice, Tally tally, Stop stop) {
        Set<Place> replayed;
        try (var topics = new TopicCheck(kafka)) {
            topics.requests();
            var id = topics.deadLetters();
            topics.replayed();
            replayed = new Marks(kafka, id).read();
        }
        new Candidates(new Letters(kafka), replayed, tally, stop).each(choice, max(), tally::done);
    }

    private void replay(KafkaAccess kafka, Choice choice, Tally tally, Stop stop) {
        try {
            Replay.run(kafka, context.producers(), choice, max(), rate, tally, stop);
        } catch (RuntimeException e) {
            tally.sumUp("replayed to " + kafka.topics().requests());
            throw new CommandException(
                    Failures.isFenced(e)
                            ? "Another replay of this topic began, and ended this one: the other goes on."
                            : Failures.told(e)
                                    + "\nWhether the last ones went out is not known here. Run it"
                                    + " again: it finds out, and replays what did not.",
                    e);
        }
    }

    private long max() {
        return limit == null ? Long.MAX_VALUE : limit;
    }
}
