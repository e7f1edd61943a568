package dev.restoreworker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each line of the page names tests that exist, and situations that the simulation has to see. */
class InterleavingsTest {

    private static final Path PAGE = Path.of("docs/interleavings.md");
    private static final Path TESTS = Path.of("src/test/java");
    private static final Pattern NAME = Pattern.compile("`([A-Za-z_]+)(?:#([a-z0-9_]+))?`");

    @Test
    void every_test_and_situation_that_the_page_names_exists() throws IOException {
        var situations = Arrays.stream(Situation.values()).map(Situation::name).toList();
        var rows = rows();

        assertThat(rows).hasSizeGreaterThan(45);
        for (var row : rows) {
            var who = row.split(" \\| ")[2].replace(" |", "");
            var names = NAME.matcher(who).results().toList();
            assertThat(names.isEmpty()).as(row).isEqualTo(who.equals("not yet"));
            for (var name : names) {
                if (name.group(2) == null) {
                    assertThat(situations).as(row).contains(name.group(1));
                } else {
                    assertThat(source(name.group(1)))
                            .as(row)
                            .contains(" void " + name.group(2) + "(");
                }
            }
        }
    }

    private static List<String> rows() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| "))
                .filter(line -> !line.startsWith("| what happens |"))
                .toList();
    }

    private static String source(String test) throws IOException {
        var found = new ArrayList<Path>();
        try (var files = Files.walk(TESTS)) {
            files.filter(file -> file.endsWith(test + ".java")).forEach(found::add);
        }
        assertThat(found).as(test).hasSize(1);
        return Files.readString(found.getFirst());
    }
}
