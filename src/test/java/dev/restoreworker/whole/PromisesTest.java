package dev.restoreworker.whole;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.whole.agent.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What docs/promises.md claims is there. */
class PromisesTest {

    private static final int PROMISES = 9;
    private static final Path TESTS = Path.of("src/test/java/dev/restoreworker");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+)\\.([a-z]\\w+)`");
    private static final Pattern QUOTA_ROW =
            Pattern.compile(
                    "(?m)^\\| enforces .+? \\| 2000 \\| \\d+ \\| (\\d+) \\| (\\d+) \\| .+ s \\| .+ s \\| ([\\d.]+) \\| ([\\d.]+) \\|$");
    private static final Pattern SECTION = Pattern.compile("(?ms)^## (\\d)\\. .*?(?=^## )");

    @Test
    void each_promise_names_its_tests_and_what_it_does_not_cover() throws IOException {
        var sections = SECTION.matcher(page()).results().toList();

        assertThat(sections)
                .extracting(section -> Integer.valueOf(section.group(1)))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, PROMISES).boxed().toList());
        assertThat(sections)
                .extracting(section -> section.group())
                .allMatch(section -> section.contains("\n- Not covered: "))
                .allMatch(
                        section ->
                                section.contains("\n- Owed by: nothing yet\n- Not covered: every")
                                        || TEST.matcher(section).find());
    }

    @Test
    void every_test_that_it_names_exists() throws IOException {
        for (var named : TEST.matcher(page()).results().toList()) {
            assertThat(source(named.group(1)))
                    .as(named.group())
                    .contains(" " + named.group(2) + "(");
        }
    }

    @Test
    void it_explains_every_point() throws IOException {
        var rows =
                Arrays.stream(Point.values())
                        .map(point -> "| *%s* | %s |\n".formatted(point.words(), point.meaning()))
                        .collect(joining());

        assertThat(page()).contains("|---|---|\n" + rows + "\n");
    }

    /** The figures are the run's; that each is of a cell, and they are in order, is ours. */
    @Test
    void its_table_has_cells_in_their_order() throws IOException {
        var rows = MatrixTable.rows();
        assertThat(rows)
                .isNotEmpty()
                .isEqualTo(
                        Cell.all().stream()
                                .map(
                                        cell ->
                                                new MatrixTable.Row(
                                                        cell.words(),
                                                        cell.workers(),
                                                        CellRequests.COUNT))
                                .filter(rows::contains)
                                .toList());
    }

    /** The figures are the run's; that they are as good as is claimed, is held here. */
    @Test
    void its_quota_table_keeps_both_limits_and_wastes_little() throws IOException {
        assertThat(QUOTA_ROW.matcher(page()).results())
                .hasSize(3)
                .allSatisfy(row -> assertThat(Integer.parseInt(row.group(1))).isBetween(1, 20))
                .allSatisfy(row -> assertThat(row.group(2)).isEqualTo("1"))
                .allSatisfy(
                        row -> assertThat(Double.parseDouble(row.group(3))).isBetween(1.0, 1.15))
                .allSatisfy(
                        row -> assertThat(Double.parseDouble(row.group(4))).isBetween(0.0, 1.0));
    }

    @Test
    void what_runs_with_every_build_is_part_of_it() {
        assertThat(Cell.fixed()).isSubsetOf(Cell.all()).doesNotHaveDuplicates();
    }

    private static String page() throws IOException {
        return Files.readString(MarkedTable.PAGE);
    }

    /** Of the one test class of this name. */
    private static String source(String name) throws IOException {
        try (var files = Files.walk(TESTS)) {
            var found = files.filter(file -> file.endsWith(name + ".java")).toList();
            assertThat(found).as(name).hasSize(1);
            return Files.readString(found.getFirst());
        }
    }
}
