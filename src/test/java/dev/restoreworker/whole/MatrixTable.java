package dev.restoreworker.whole;

import dev.restoreworker.whole.Outside.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What became of the requests of each cell, in docs/promises.md. */
final class MatrixTable {

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (.+?) \\| (\\d) \\| (\\d+) \\| \\d+ \\| \\d+ \\| \\d+ \\|$");
    private static final MarkedTable TABLE =
            new MarkedTable(
                    "matrix",
                    """
                    | fault | workers | requests | jobs at Atlas | `job-created` | `OUTCOME_UNKNOWN` |
                    |---|--:|--:|--:|--:|--:|
                    """);

    private MatrixTable() {}

    /** What a row says of its cell, but for what was counted. */
    record Row(String fault, int workers, int requests) {}

    /** Cells without a result keep the row that they have. */
    static void write(Map<Cell, Tally> results) {
        var run = new HashMap<String, String>();
        results.forEach((cell, tally) -> run.put(beginning(cell), counted(tally)));
        TABLE.write(Cell.all().stream().map(MatrixTable::beginning).toList(), run);
    }

    private static String beginning(Cell cell) {
        return "| %s | %d |".formatted(cell.words(), cell.workers());
    }

    private static String counted(Tally tally) {
        return " %d | %d | %d | %d |"
                .formatted(tally.requests(), tally.jobs(), tally.created(), tally.unknown());
    }

    /** As the page has them. */
    static List<Row> rows() throws IOException {
        return ROW.matcher(Files.readString(MarkedTable.PAGE))
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
