package dev.restoreworker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.Dialects;
import dev.restoreworker.DeadLetter;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.WaitsFor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The schemas themselves. */
class SchemasTest {

    static List<String> names() {
        return Schemas.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void a_schema_is_json_schema_2020_12(String name) {
        var schema = Schemas.source(name);

        assertThat(schema.path("$schema").asText())
                .isEqualTo(SpecificationVersion.DRAFT_2020_12.getDialectId());
        assertThat(schema.path("title").asText()).isNotBlank();
        assertThat(schema.path("description").asText()).isNotBlank();
        assertThat(metaSchemaFaults(schema)).isEmpty();
    }

    @Test
    void what_is_no_schema_is_found_out() {
        assertThat(metaSchemaFaults(Schemas.json("{\"type\": \"text\"}"))).isNotEmpty();
        assertThat(metaSchemaFaults(Schemas.json("{\"required\": \"a\"}"))).isNotEmpty();
    }

    private static List<?> metaSchemaFaults(JsonNode schema) {
        return SchemaRegistry.withDialect(Dialects.getDraft202012())
                .getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()))
                .validate(schema);
    }

    @ParameterizedTest
    @MethodSource("names")
    void the_examples_of_a_schema_keep_it(String name) {
        for (var example : Schemas.source(name).path("examples")) {
            Schemas.check(name, example);
        }
    }

    @Test
    void a_value_that_breaks_its_schema_is_found_out() {
        assertThat(Schemas.faults("job-created", Schemas.json("{}"))).isNotEmpty();
        assertThatThrownBy(() -> Schemas.check("job-failed", Schemas.json("{\"reason\":\"NEW\"}")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("job-failed", "reason", "jobMayExist");
    }

    /** We may add to what we send, and a requester may add what we do not know. */
    @ParameterizedTest
    @MethodSource("names")
    void nothing_is_closed_to_additions(String name) {
        assertThat(Schemas.source(name).findValues("additionalProperties")).isEmpty();
        assertThat(Schemas.source(name).findValues("unevaluatedProperties")).isEmpty();
    }

    @Test
    void the_names_in_the_schemas_are_those_in_the_code() {
        assertThat(texts("job-failed", "/properties/reason/enum"))
                .isEqualTo(names(Outcome.Reason.values()));
        assertThat(texts("dead-letter-headers", "/properties/dead-letter-reason/enum"))
                .containsExactlyInAnyOrderElementsOf(names(DeadLetter.Reason.values()));
        assertThat(texts("request-deferred", "/properties/waitsFor/enum"))
                .isEqualTo(
                        names(WaitsFor.values()).stream()
                                .filter(name -> !name.equals("TURN")) // it is not told
                                .map(name -> name.toLowerCase(Locale.ROOT).replace('_', '-'))
                                .toList());
    }

    private static List<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).toList();
    }

    private static List<String> texts(String schema, String path) {
        return stream(Schemas.source(schema).at(path)).map(JsonNode::asText).toList();
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
