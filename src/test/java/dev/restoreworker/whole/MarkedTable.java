package dev.restoreworker.whole;

import static java.util.regex.Matcher.quoteReplacement;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A table of docs/promises.md, which a run writes: between {@code <!-- name -->} and {@code <!--
 * end of name -->}.
 */
record MarkedTable(String name, String head) {

    static final Path PAGE = Path.of("docs/promises.md");

    /**
     * Writes rows by what they begin with, in the order of {@code beginnings}. One that was not run
     * keeps the row that it has; if it has none, it gets none.
     */
    void write(List<String> beginnings, Map<String, String> run) {
        try {
            var page = Files.readString(PAGE);
            var rows =
                    beginnings.stream()
                            .flatMap(each -> row(each, run.get(each), page).stream())
                            .collect(joining());
            var marked =
                    Pattern.compile(
                            "(?s)(<!-- %s -->\n).*(<!-- end of %s -->)".formatted(name, name));
            Files.writeString(
                    PAGE,
                    marked.matcher(page)
                            .replaceFirst(
                                    m -> quoteReplacement(m.group(1) + head + rows + m.group(2))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> row(String beginning, @Nullable String rest, String page) {
        if (rest != null) {
            return Optional.of(beginning + rest + "\n");
        }
        return page.lines()
                .filter(line -> line.startsWith(beginning))
                .map(line -> line + "\n")
                .findFirst();
    }
}
