package dev.restoreworker.sandbox;

import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The lines that show what became of requests. Columns have fixed widths, as a row is printed when
 * its outcome comes in and cannot wait for the others.
 */
final class OutcomeTable {
    private record Column(String title, int width) {
        String cell(String value) {
            return value.length() <= width
                    ? value + " ".repeat(width - value.length())
                    : value.substring(0, width - 3) + "...";
        }
    }

    private static final String GAP = "  ";
    private static final List<Column> COLUMNS =
            List.of(
                    new Column("REQUEST", 20),
                    new Column("PROJECT", 24),
                    new Column("DELIVERY", 11),
                    new Column("OUTCOME", 30),
                    new Column("JOB", 24),
                    new Column("TIME", 12));

    private OutcomeTable() {}

    static String header() {
        return line(COLUMNS.stream().map(Column::title).toList());
    }

    /**
     * @param time as {@link #since} or {@link #clock} writes it
     */
    static String row(SeenEvent event, String time) {
        return line(
                List.of(
                        event.requestId(),
                        event.project(),
                        event.delivery(),
                        event.outcome().toString(),
                        event.jobId(),
                        time));
    }

    /** How long it took from publishing to seeing the outcome. */
    static String since(Duration elapsed) {
        return elapsed.toMillis() + " ms";
    }

    /** When an outcome was seen whose request somebody else published. */
    static String clock(LocalTime time) {
        return time.truncatedTo(ChronoUnit.SECONDS).format(DateTimeFormatter.ISO_LOCAL_TIME);
    }

    private static String line(List<String> values) {
        var line = new StringBuilder();
        for (var i = 0; i < COLUMNS.size(); i++) {
            line.append(i == 0 ? "" : GAP).append(COLUMNS.get(i).cell(printable(values.get(i))));
        }
        return line.toString().stripTrailing();
    }

    /** Keys and fields come from whoever published them and must not steer the terminal. */
    private static String printable(String value) {
        return value.isEmpty() ? "-" : value.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
