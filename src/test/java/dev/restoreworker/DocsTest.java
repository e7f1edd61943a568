package dev.restoreworker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.WaitsFor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The docs name everything that there is, and nothing that is gone. */
class DocsTest {

    private static final Pattern SETTING = Pattern.compile("`((?:restore|atlas)\\.[a-z0-9.*-]+)`");
    private static final Pattern REASON = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\|");
    private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\"></a>");
    private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z]+(?:[A-Z][A-Za-z]*)+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)[^)]*\\)");
    private static final Pattern PATH = Pattern.compile("`((?:src|docs|\\.ci)/[A-Za-z0-9_./-]+)`");

    @Test
    void every_setting_is_in_the_manual_and_none_that_is_gone() {
        assertThat(found(SETTING, "docs/operations.md"))
                .containsExactlyInAnyOrderElementsOf(Settings.names());
    }

    @Test
    void every_reason_is_in_the_manual_and_none_that_is_gone() {
        var known = new TreeSet<String>();
        known.addAll(names(Outcome.Reason.values()));
        known.addAll(names(DeadLetter.Reason.values()));

        assertThat(found(REASON, "docs/events.md")).isEqualTo(known);
    }

    @Test
    void everything_that_a_request_may_wait_for_is_in_the_manual() {
        var words =
                Arrays.stream(WaitsFor.values()).map(each -> "| `" + each.word() + "` |").toList();

        assertThat(Path.of("docs/operations.md")).content().contains(words);
    }

    @Test
    void every_reason_of_a_failure_has_the_place_that_its_help_leads_to() {
        var places =
                Arrays.stream(Outcome.Reason.values())
                        .map(reason -> reason.name().toLowerCase(Locale.ROOT))
                        .toList();

        assertThat(found(ANCHOR, "docs/events.md")).containsExactlyInAnyOrderElementsOf(places);
    }

    @Test
    void every_file_that_a_page_names_exists() {
        for (var page : pages()) {
            var folder = page.getParent() == null ? Path.of("") : page.getParent();
            assertThat(found(LINK, page.toString()))
                    .filteredOn(link -> !link.startsWith("http"))
                    .allSatisfy(link -> assertThat(folder.resolve(link)).exists());
            assertThat(found(PATH, page.toString()))
                    .allSatisfy(path -> assertThat(Path.of(path)).exists());
        }
    }

    @Test
    void every_class_that_a_page_names_exists() {
        var classes = new TreeSet<String>();
        for (var root : List.of("src/main/java", "src/sandbox/java", "src/test/java")) {
            classes.addAll(javaFiles(Path.of(root)));
        }

        for (var page : pages()) {
            assertThat(found(CLASS, page.toString())).as(page.toString()).isSubsetOf(classes);
        }
    }

    private static Set<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Path> pages() {
        try (var docs = Files.list(Path.of("docs"))) {
            var pages = docs.filter(page -> page.toString().endsWith(".md")).toList();
            assertThat(pages).hasSizeGreaterThan(3);
            return Stream.concat(pages.stream(), Stream.of(Path.of("README.md"))).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> javaFiles(Path root) {
        try (var files = Files.walk(root)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> found(Pattern pattern, String page) {
        try {
            return pattern.matcher(Files.readString(Path.of(page)))
                    .results()
                    .map(result -> result.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
