package dev.restoreworker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the pages say in words and examples, the schemas and AsyncAPI say too. */
class DocumentedContractTest {

    private static final String EVENTS = Schemas.read(Path.of("docs/events.md"));
    private static final String ASYNCAPI = Schemas.read(Path.of("docs/asyncapi.yaml"));
    private static final Pattern NAME = Pattern.compile("`([A-Za-z][\\w-]*)`");

    /** A field of an event, and in parentheses what is in it or what it can be. */
    private static final Pattern FIELD =
            Pattern.compile("`(\\w+)(?:\\[\\])?`(?: \\(([^)]*`[^)]*)\\))?");

    private static final Pattern TYPE = Pattern.compile("dev\\.restoreworker\\.([a-z-]+)\\.v1");

    @Test
    void the_table_of_requests_names_the_fields_of_the_schema() {
        var documented =
                rows("| field | for | what |").stream().flatMap(row -> names(row.getFirst()));

        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(fields("restore-request", "/properties"));
    }

    @Test
    void the_table_of_attributes_names_those_of_the_schema() {
        var documented =
                rows("| attribute | what |").stream()
                        .flatMap(row -> names(row.getFirst()))
                        .collect(Collectors.toCollection(TreeSet::new));
        documented.addAll(Set.of("specversion", "datacontenttype", "data")); // of every CloudEvent

        assertThat(documented).isEqualTo(fields("event-structured", "/properties"));
    }

    @Test
    void the_table_of_types_names_the_fields_of_their_schemas() {
        var told = new TreeSet<String>();
        for (var row : rows("| type | data |")) {
            var kind = found(TYPE, row.getFirst()).findFirst().orElseThrow();
            told.add(kind);
            var own = fields(kind, "/properties");
            assertThat(found(FIELD, row.getLast()).collect(Collectors.toSet()))
                    .as(kind)
                    .isEqualTo(own);
            FIELD.matcher(row.getLast())
                    .results()
                    .filter(field -> field.group(2) != null)
                    .forEach(field -> checkInner(kind, field));
        }
        assertThat(told).contains("job-created", "job-failed");
    }

    /** What stands in parentheses behind a field. */
    private static void checkInner(String kind, MatchResult field) {
        var schema = Schemas.source(kind).at("/properties/" + field.group(1));
        if (schema.has("$ref")) {
            var ref = schema.get("$ref").asText().split("#");
            schema = Schemas.source(ref[0].replace(".schema.json", "")).at(ref[1]);
        }
        var inner = new TreeSet<String>();
        schema.path("enum").forEach(value -> inner.add(value.asText()));
        schema.path("properties").fieldNames().forEachRemaining(inner::add);
        schema.at("/items/properties").fieldNames().forEachRemaining(inner::add);
        if (!inner.isEmpty()) {
            assertThat(names(field.group(2)).collect(Collectors.toSet()))
                    .as("%s of %s", field.group(1), kind)
                    .isEqualTo(inner);
        }
    }

    @Test
    void the_headers_of_dead_letters_are_those_of_the_schema() {
        assertThat(found(Pattern.compile("`(dead-letter-[a-z-]+)`"), EVENTS))
                .containsOnlyOnceElementsOf(fields("dead-letter-headers", "/properties"))
                .hasSameElementsAs(fields("dead-letter-headers", "/properties"));
    }

    @Test
    void the_topics_are_those_of_asyncapi() {
        var documented =
                rows("| topic | direction | key | what |").stream()
                        .filter(row -> !row.get(1).equals("internal"))
                        .flatMap(row -> names(row.getFirst()))
                        .collect(Collectors.toSet());
        var addresses = found(Pattern.compile("address: (\\S+)"), ASYNCAPI).toList();

        assertThat(addresses).doesNotHaveDuplicates().containsAll(documented);
        assertThat(addresses)
                .filteredOn(address -> !documented.contains(address))
                .noneMatch(
                        address ->
                                EVENTS.contains(
                                        address.replace("restore-", "dev.restoreworker.") + ".v1"));
    }

    @Test
    void asyncapi_names_every_schema_that_another_does_not_bring() {
        assertThat(Schemas.names())
                .allSatisfy(
                        name ->
                                assertThat(
                                                Stream.concat(
                                                                Stream.of(ASYNCAPI),
                                                                Schemas.names().stream()
                                                                        .map(Schemas::source)
                                                                        .map(JsonNode::toString))
                                                        .anyMatch(
                                                                text ->
                                                                        text.contains(
                                                                                name
                                                                                        + ".schema.json")))
                                        .as(name)
                                        .isTrue());
    }

    @ParameterizedTest
    @CsvSource({"README.md", "docs/events.md", "docs/operations.md", "docs/architecture.md"})
    void the_examples_in_json_keep_their_schemas(Path page) {
        for (var text : blocks(Schemas.read(page), "json")) {
            var json = Schemas.json(text);
            var schema = schemaOf(json);
            schema.ifPresent(name -> Schemas.check(name, json));
            if (page.endsWith("events.md")) {
                assertThat(schema).as("what this is an example of: %s", text).isPresent();
            }
        }
        assertThat(blocks(EVENTS, "json")).isNotEmpty();
    }

    private static Optional<String> schemaOf(JsonNode json) {
        if (json.has("specversion")) {
            return Optional.of(
                    found(
                                    Pattern.compile("(restore-request|restore-cancel)"),
                                    json.path("type").asText())
                            .findFirst()
                            .map(kind -> kind + "-structured")
                            .orElse("event-structured"));
        }
        if (json.path("action").asText().equals("cancel")) {
            return Optional.of("restore-cancel-plain");
        }
        for (var kind :
                List.of("job-created", "job-failed", "request-deferred", "request-accepted")) {
            if (json.has(Schemas.source(kind).at("/required/0").asText())) {
                return Optional.of(kind);
            }
        }
        return json.has("deliveryType") ? Optional.of("restore-request-plain") : Optional.empty();
    }

    @Test
    void the_requests_that_kcat_sends_keep_their_schemas() {
        var text = String.join("\n", blocks(EVENTS, "sh"));
        var request =
                found(Pattern.compile("(?m)^request='(.*)'$"), text).findFirst().orElseThrow();
        var sent = new ArrayList<String>();
        for (var line : text.lines().filter(each -> each.matches("echo .*kcat -P .*")).toList()) {
            var value = line.substring("echo ".length(), line.indexOf(" | kcat"));
            var json =
                    Schemas.json(
                            value.equals("\"$request\"")
                                    ? request
                                    : value.replaceAll("^'|'$", "")
                                            .replace("'\"$request\"'", request));
            var headers = JsonNodeFactory.instance.objectNode();
            Pattern.compile(" -H (\\S+?)=(\\S+)")
                    .matcher(line)
                    .results()
                    .forEach(header -> headers.put(header.group(1), header.group(2)));
            sent.add(check(json, headers));
        }

        assertThat(sent).contains("plain", "binary", "structured");
    }

    /** Which of the three forms it was. */
    private static String check(JsonNode value, ObjectNode headers) {
        if (headers.path("content-type").asText().startsWith("application/cloudevents")) {
            Schemas.check(schemaOf(value).orElseThrow(), value);
            return "structured";
        }
        if (headers.isEmpty()) {
            Schemas.check(schemaOf(value).orElseThrow(), value);
            return "plain";
        }
        var kind = headers.path("ce_type").asText().contains("cancel") ? "cancel" : "request";
        Schemas.check("restore-" + kind + "-headers", headers);
        Schemas.check("restore-" + kind, value);
        return "binary";
    }

    /** Where a value is computed, any text stands for it. */
    @Test
    void the_headers_that_python_sends_keep_their_schema() {
        var headers = JsonNodeFactory.instance.objectNode();
        Pattern.compile("\"(ce_\\w+|content-type)\": (?:\"([^\"]*)\"|\\S)")
                .matcher(String.join("\n", blocks(EVENTS, "python")))
                .results()
                .forEach(
                        header ->
                                headers.put(
                                        header.group(1),
                                        header.group(2) == null ? "computed" : header.group(2)));

        Schemas.check("restore-request-headers", headers);
    }

    @ParameterizedTest
    @CsvSource({"java", "js", "python"})
    void an_example_in_code_sends_the_type_of_a_request(String language) {
        assertThat(blocks(EVENTS, language))
                .filteredOn(code -> found(TYPE, code).findAny().isPresent())
                .isNotEmpty()
                .allSatisfy(code -> assertThat(found(TYPE, code)).containsOnly("restore-request"));
    }

    private static List<String> blocks(String page, String language) {
        var block = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$");
        return found(block, page).toList();
    }

    /** The cells of the table with this head. */
    private static List<List<String>> rows(String head) {
        var lines = EVENTS.lines().dropWhile(line -> !line.equals(head)).toList();
        assertThat(lines).as(head).hasSizeGreaterThan(2);
        return lines.stream()
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.replaceAll("^\\| | \\|$", ""))
                .map(line -> List.of(line.split(" \\| ")))
                .toList();
    }

    private static Stream<String> names(String text) {
        return found(NAME, text);
    }

    private static Set<String> fields(String schema, String path) {
        var names = new TreeSet<String>();
        Schemas.source(schema).at(path).fieldNames().forEachRemaining(names::add);
        assertThat(names).as(schema).isNotEmpty();
        return names;
    }

    private static Stream<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(result -> result.group(1));
    }
}
