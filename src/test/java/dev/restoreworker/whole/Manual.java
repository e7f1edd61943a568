package dev.restoreworker.whole;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** What docs/operations.md tells an operator to copy. */
final class Manual {

    private static final Path PAGE = Path.of("docs/operations.md");
    private static final Pattern VARIABLE = Pattern.compile("(?m)^    ([A-Z][A-Z_]+)=(.*)$");
    private static final Pattern PROPERTY = Pattern.compile("(?m)^    ([a-z][a-z.-]+=.*)$");

    private Manual() {}

    /** From its heading to the next one. */
    static String section(String heading) {
        try {
            var page = Files.readString(PAGE);
            var from = page.indexOf("\n### " + heading + "\n");
            assertThat(from).as("the section " + heading).isNotNegative();
            var to = page.indexOf("\n#", from + 1);
            return page.substring(from, to < 0 ? page.length() : to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The variables of a section, as a shell would take them; {@code real} replaces examples. */
    static Map<String, String> variables(String heading, Map<String, String> real) {
        var found = new HashMap<String, String>();
        VARIABLE.matcher(section(heading))
                .results()
                .forEach(
                        each ->
                                found.put(
                                        each.group(1),
                                        replaced(each.group(2).replaceAll("^'|'$", ""), real)));
        assertThat(found).as("variables of the section " + heading).isNotEmpty();
        return found;
    }

    /** The lines of a properties file in a section. */
    static String properties(String heading, Map<String, String> real) {
        var found =
                PROPERTY.matcher(section(heading))
                        .results()
                        .map(each -> each.group(1) + "\n")
                        .collect(joining());
        assertThat(found).as("properties of the section " + heading).isNotEmpty();
        return replaced(found, real);
    }

    private static String replaced(String text, Map<String, String> real) {
        var replaced = text;
        for (var each : real.entrySet()) {
            replaced = replaced.replace(each.getKey(), each.getValue());
        }
        return replaced;
    }
}
