package dev.restoreworker.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The schemas that are published, and what they say of a value. Formats count as rules. */
public final class Schemas {

    static final Path PUBLISHED = Path.of("docs/schemas");

    private static final String SUFFIX = ".schema.json";
    private static final String LOCATION = "contract:/schemas/";

    /** Whatever a request may bring in its context can be read. */
    private static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNumberLength(1_000_000)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(
                    SpecificationVersion.DRAFT_2020_12,
                    builder ->
                            builder.schemas(Schemas::text)
                                    .schemaRegistryConfig(
                                            SchemaRegistryConfig.builder()
                                                    .formatAssertionsEnabled(true)
                                                    .build()));

    private static final Map<String, Schema> LOADED = new ConcurrentHashMap<>();

    private Schemas() {}

    /** What is wrong with a value; {@code schema} is the name of a file, without its ending. */
    public static List<String> faults(String schema, JsonNode value) {
        return LOADED
                .computeIfAbsent(
                        schema,
                        name -> REGISTRY.getSchema(SchemaLocation.of(LOCATION + name + SUFFIX)))
                .validate(value)
                .stream()
                .map(Object::toString)
                .toList();
    }

    /** Fails, naming every fault and the value. */
    public static void check(String schema, JsonNode value) {
        var faults = faults(schema, value);
        if (!faults.isEmpty()) {
            throw new AssertionError("It breaks %s: %s%n%s".formatted(schema, faults, value));
        }
    }

    static List<String> names() {
        return names(PUBLISHED);
    }

    /** The schemas of a folder, in order. */
    static List<String> names(Path folder) {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode source(String name) {
        return source(PUBLISHED, name);
    }

    static JsonNode source(Path folder, String name) {
        return json(read(file(folder, name)));
    }

    static Path file(Path folder, String name) {
        return folder.resolve(name + SUFFIX);
    }

    /** The text as JSON, with each digit of its numbers. */
    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("Not JSON: " + text, e);
        }
    }

    private static String text(String location) {
        return read(PUBLISHED.resolve(location.substring(location.lastIndexOf('/') + 1)));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
