package dev.restoreworker.command;

import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        mixinStandardHelpOptions = true,
        name = "list",
        description = "One line for each dead letter, and a count by reason.")
final class ListCommand implements Callable<Integer> {

    private static final String LINE = "%-12s  %-24s  %-16s  %8s  %-24s  %-24s  %s%n";
    private static final int NAME_LENGTH_MAX = 60;

    private final Context context;

    @Mixin private Filter filter = new Filter();

    @Spec private CommandSpec spec = CommandSpec.create();

    ListCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var choice = filter.choice(spec);
        var kafka = context.kafka().get();
        var replayed = Replayed.read(kafka);
        var counts = new TreeMap<String, Integer>();
        var out = context.out();
        out.printf(LINE, "PLACE", "TIME", "REASON", "LENGTH", "KEY", "REQUEST", "STATE");
        new Letters(kafka)
                .each(
                        choice,
                        letter -> {
                            out.print(line(letter, replayed));
                            counts.merge(Shown.reason(letter), 1, Integer::sum);
                            return !out.checkError();
                        });
        var total = counts.values().stream().mapToInt(Integer::intValue).sum();
        out.printf(
                "%d dead letters%s%n",
                total,
                counts.entrySet().stream()
                        .map(each -> each.getValue() + " " + each.getKey())
                        .collect(Collectors.joining(", ", total == 0 ? "" : ": ", "")));
        return Commands.DONE;
    }

    private static String line(Letter letter, Set<Place> replayed) {
        return LINE.formatted(
                letter.place(),
                letter.at(),
                Shown.reason(letter),
                letter.length(),
                letter.key() == null ? Shown.NOTHING : brief(Shown.bytes(letter.key())),
                RequestName.of(letter)
                        .map(Shown::text)
                        .map(ListCommand::brief)
                        .orElse(Shown.NOTHING),
                state(letter, replayed));
    }

    private static String brief(String shown) {
        return Shown.brief(shown, NAME_LENGTH_MAX);
    }

    private static String state(Letter letter, Set<Place> replayed) {
        if (replayed.contains(letter.place())) {
            return "replayed";
        }
        return letter.obstacle()
                .map(why -> "can't be replayed: " + Shown.text(why))
                .orElse("can be replayed");
    }
}
