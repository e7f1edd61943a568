package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A document is taken whole, or refused with what is wrong and where. */
final class FaultDocumentTest extends SimulatorTestCase {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    [] | JSON object
                    nonsense | JSON object
                    {"rule": []} | rule is not known
                    {"seed": "x"} | seed must be a whole number
                    {"seed": 1.5} | seed must be a whole number
                    {"readWithin": "PT0S"} | readWithin must be a duration
                    {"clock": {"date": "soon"}} | clock.date must be a duration
                    {"clock": 1} | clock must be an object
                    {"rules": {}} | rules must be a list
                    {"rules": [1]} | rules[0] must be an object
                    {"rules": [{}]} | rules[0].then is missing
                    {"rules": [{"then": {}}, {"when": {"call": "post"}, "then": {}}]} | rules[1].when.call must be one of [cancel, create
                    {"rules": [{"when": {"call": []}, "then": {}}]} | rules[0].when.call must not be empty
                    {"rules": [{"when": {"calls": "list"}, "then": {}}]} | rules[0].when.calls is not known
                    {"rules": [{"when": {"nth": 0}, "then": {}}]} | rules[0].when.nth must be a whole number from 1
                    {"rules": [{"when": {"probability": 1.1}, "then": {}}]} | rules[0].when.probability must be a number from 0 to 1
                    {"rules": [{"when": {"until": "noon"}, "then": {}}]} | rules[0].when.until must be an instant
                    {"rules": [{"when": {"target": ""}, "then": {}}]} | rules[0].when.target must be a text
                    {"rules": [{"then": {"delay": 5}}]} | rules[0].then.delay must be a duration
                    {"rules": [{"then": {"delay": "PT25H"}}]} | rules[0].then.delay must be a duration
                    {"rules": [{"then": {"effect": "none"}}]} | rules[0].then.effect none leaves nothing to answer
                    {"rules": [{"then": {"effect": {}}}]} | rules[0].then.effect.after is missing
                    {"rules": [{"then": {"reply": "shout"}}]} | rules[0].then.reply must be one of [close, own, reset, silence]
                    {"rules": [{"then": {"reply": {}}}]} | rules[0].then.reply.status is missing
                    {"rules": [{"then": {"reply": {"status": 99}}}]} | rules[0].then.reply.status must be a whole number from 200 to 599
                    {"rules": [{"then": {"reply": {"status": 500, "text": 1}}}]} | rules[0].then.reply.text is not known
                    {"rules": [{"then": {"reply": {"status": 500, "headers": []}}}]} | rules[0].then.reply.headers must be an object
                    {"rules": [{"then": {"reply": {"status": 500, "headers": {"a b": 1}}}}]} | rules[0].then.reply.headers.a b is not a header
                    {"rules": [{"then": {"reply": {"status": 500, "errorCode": 1}}}]} | rules[0].then.reply.errorCode must be a text or null
                    {"rules": [{"then": {"reply": {"status": 500, "errorCode": null, "body": ""}}}]} | rules[0].then.reply.errorCode makes a body
                    {"rules": [{"then": {"hold": {}}}]} | rules[0].then.hold.at is missing
                    {"rules": [{"then": {"hold": {"at": "effect"}, "effect": "none", "reply": "reset"}}]} | rules[0].then.hold.at effect needs an effect
                    {"rules": [{"then": {"foreign": {}}}]} | rules[0].then.foreign needs a when.call of [create]
                    {"rules": [{"when": {"call": "create"}, "then": {"foreign": {"differs": {"id": 1}}}}]} | rules[0].then.foreign.differs.id is not known
                    {"rules": [{"when": {"call": ["list", "one"]}, "then": {"lag": "PT1S"}}]} | rules[0].then.lag needs a when.call of [list]
                    {"rules": [{"when": {"call": "token"}, "then": {"without": ["id"]}}]} | rules[0].then.without needs a when.call of [create, list, one]
                    {"rules": [{"then": {"garble": "yes"}}]} | rules[0].then.garble must be true or false
                    {"rules": [{"then": {"cutAfter": -1}}]} | rules[0].then.cutAfter must be a whole number from 0
                    {"rules": [{"then": {"drip": {"bytes": 0}}}]} | rules[0].then.drip.bytes must be a whole number from 1
                    """)
    void what_is_wrong_is_said_with_its_place(String document, String says) throws IOException {
        rules(GOOD);

        var response = caller.control("PUT", "/simulator/faults", document);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).getString("detail")).contains(says);
        assertThat(inForce()).isEqualTo(new JsonObject(GOOD)); // the one before it stays
    }

    private static final String GOOD =
            """
            {"seed": 7,
             "rules": [{"name": "half", "when": {"probability": 0.5}, "then": {"delay": "PT1S"}}]}
            """;

    @Test
    void the_document_in_force_can_be_read_back() throws IOException {
        rules(GOOD);

        var told = json(caller.control("GET", "/simulator/faults", ""));

        assertThat(told.getJsonObject("document")).isEqualTo(new JsonObject(GOOD));
        assertThat(told.getJsonObject("clock").getString("date")).isEqualTo("PT0S");
        assertThat(told.getInteger("left")).isZero();
    }

    @Test
    void a_planned_fault_comes_before_any_rule() throws IOException {
        rules("{\"rules\": [{\"then\": {\"effect\": \"none\", \"reply\": {\"status\": 418}}}]}");
        atlas.faults().plan(new Fault.CannedAnswer(503, Map.of(), ""), 1);

        var first = caller.post(JOBS, download()).statusCode();
        var second = caller.post(JOBS, download()).statusCode();

        assertThat(first).isEqualTo(503);
        assertThat(second).isEqualTo(418);
    }

    private JsonObject inForce() throws IOException {
        return json(caller.control("GET", "/simulator/faults", "")).getJsonObject("document");
    }
}
