package dev.restoreworker.whole;

import static java.util.regex.Matcher.quoteReplacement;
import static java.util.stream.Collectors.joining;

import dev.restoreworker.whole.Outside.Tally;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

    /** Cells without a result keep the row that they have. */
    static void write(Map<Cell, Tally> results) {
        try {
            var page = Files.readString(PAGE);
            var rows =
                    Cell.all().stream()
                            .flatMap(cell -> row(cell, results.get(cell), page).stream())
                            .collect(joining());
            Files.writeString(
                    PAGE,
                    MARKED.matcher(page)
                            .replaceFirst(
                                    m -> quoteReplacement(m.group(1) + HEAD + rows + m.group(2))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> row(Cell cell, @Nullable Tally tally, String page) {
        if (tally != null) {
            return Optional.of(row(cell, tally));
        }
        var beginning = "| %s | %d |".formatted(cell.words(), cell.workers());
        return page.lines()
                .filter(line -> line.startsWith(beginning))
                .map(line -> line + "\n")
                .findFirst();
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
