package dev.restoreworker.command;

import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Tells what becomes of each dead letter, and of all of them at the end. */
final class Tally {

    private final PrintStream out;
    private final Map<String, Long> done = new TreeMap<>();
    private long doneBefore;
    private long impossible;

    Tally(PrintStream out) {
        this.out = out;
    }

    void done(Letter letter) {
        done.merge(Shown.reason(letter), 1L, Long::sum);
        out.printf(
                "%-12s  %s  %s%n",
                letter.place(),
                Shown.reason(letter),
                RequestName.of(letter).map(Shown::text).orElse(Shown.NOTHING));
    }

    void doneBefore() {
        doneBefore++;
    }

    void impossible(Place place, String why) {
        impossible++;
        out.printf("%-12s  can't be replayed: %s%n", place, Shown.text(why));
    }

    void sumUp(String participle) {
        var count = done.values().stream().mapToLong(Long::longValue).sum();
        out.printf(
                "%d %s%s; %d were replayed before; %d can't be replayed%n",
                count,
                participle,
                done.entrySet().stream()
                        .map(each -> each.getValue() + " " + each.getKey())
                        .collect(
                                Collectors.joining(
                                        ", ", count == 0 ? "" : " (", count == 0 ? "" : ")")),
                doneBefore,
                impossible);
    }

    int status() {
        return impossible == 0 ? Commands.DONE : Commands.NOT_ALL_DONE;
    }
}
