package dev.restoreworker.whole;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import dev.restoreworker.whole.Outside.Tally;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The table of docs/promises.md, between its two markers. */
final class MatrixTable {

    static final Path PAGE = Path.of("docs/promises.md");

    private static final Pattern MARKED =
            Pattern.compile("(?s)(<!-- matrix -->\n).*(<!-- end of matrix -->)");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (.+?) \\| (\\d) \\| (\\d+) \\| \\d+ \\| \\d+ \\| \\d+ \\|$");
    private static final String HEAD =
            """
            | fault | workers | requests | jobs at Atlas | `job-created` | `OUTCOME_UNKNOWN` |
            |---|--:|--:|--:|--:|--:|
            """;

    private MatrixTable() {}

    /** What a row says of its cell, but for what was counted. */
    record Row(String fault, int workers, int requests) {}

    static void write(Map<Cell, Tally> results) {
        var rows =
                Cell.all().stream()
                        .map(cell -> row(cell, requireNonNull(results.get(cell))))
                        .collect(joining());
        try {
            var page = MARKED.matcher(Files.readString(PAGE));
            Files.writeString(PAGE, page.replaceFirst(m -> m.group(1) + HEAD + rows + m.group(2)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String row(Cell cell, Tally tally) {
        return "| %s | %d | %d | %d | %d | %d |\n"
                .formatted(
                        cell.words(),
                        cell.workers(),
                        tally.requests(),
                        tally.jobs(),
                        tally.created(),
                        tally.unknown());
    }

    /** As the page has them. */
    static List<Row> rows() throws IOException {
        return ROW.matcher(Files.readString(PAGE))
                .results()
                .map(
                        row ->
                                new Row(
                                        row.group(1),
                                        Integer.parseInt(row.group(2)),
                                        Integer.parseInt(row.group(3))))
                .toList();
    }
}
