package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.Records.READER;
import static dev.restoreworker.kafka.Records.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.restoreworker.contract.Schemas;
import dev.restoreworker.kafka.RequestReader.Read;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader and the published schemas agree on what cancels. */
class CancelSchemaTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"requestId\":\"r-1\",\"action\":\"cancel\"}",
                "{\"requestId\":\"r 1\",\"action\":\"cancel\",\"requestedBy\":17,\"reason\":[]}",
                "{\"requestId\":\"r-1\",\"action\":\"cancel\",\"deliveryType\":\"download\",\"x\":{}}",
                "{\"requestId\":\"r-1\",\"action\":\"restore\"}",
                "{\"requestId\":\"r-1\",\"action\":\"Cancel\"}",
                "{\"requestId\":\"r-1\",\"action\":null}",
                "{\"requestId\":\"r-1\"}",
                "{\"requestId\":\"\",\"action\":\"cancel\"}",
                "{\"requestId\":17,\"action\":\"cancel\"}",
                "{\"requestId\":null,\"action\":\"cancel\"}",
                "{\"action\":\"cancel\"}",
                "{\"requestId\":\"r-1\",\"action\":\"cancel\",\"specversion\":\"1.0\"}",
            })
    void plain_json_is_seen_alike(String value) {
        assertThat(Schemas.faults("restore-cancel-plain", Schemas.json(value)).isEmpty())
                .isEqualTo(cancels(record(value)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "id|\"e 1\"|true",
                "id|\"\"|false",
                "source|null|false",
                "type|\"dev.restoreworker.restore-request.v1\"|false",
                "time|\"yesterday\"|false",
                "datacontenttype|\"text/xml\"|false",
                "specversion|\"2.0\"|false",
                "data|{\"requestId\":\"r-1\",\"action\":\"cancel\"}|true",
                "data|{\"requestId\":\"r-1\",\"action\":\"restore\"}|false",
                "data|{\"requestId\":\"r-1\",\"action\":null}|true",
                "data|{}|false",
                "data|null|false",
            })
    void an_event_is_seen_alike(String name, String value, boolean cancels) {
        var event = (ObjectNode) Schemas.json("{\"specversion\":\"1.0\"}");
        event.put("id", "e-1").put("source", "/dr");
        event.put("type", "dev.restoreworker.restore-cancel.v1");
        event.set("data", Schemas.json("{\"requestId\":\"r-1\"}"));
        event.set(name, Schemas.json(value));
        var structured = record(event.toString());
        structured.headers().add("content-type", "application/cloudevents+json".getBytes(UTF_8));

        assertThat(cancels(structured)).isEqualTo(cancels);
        assertThat(Schemas.faults("restore-cancel-structured", event).isEmpty()).isEqualTo(cancels);
        if (event.get(name).isTextual()) {
            var headers = headers(event);
            var binary = record("{\"requestId\":\"r-1\"}");
            headers.properties()
                    .forEach(
                            each ->
                                    binary.headers()
                                            .add(
                                                    each.getKey(),
                                                    each.getValue().textValue().getBytes(UTF_8)));
            assertThat(cancels(binary)).isEqualTo(cancels);
            assertThat(Schemas.faults("restore-cancel-headers", headers).isEmpty())
                    .isEqualTo(cancels);
        }
    }

    /** The attributes that are text, as headers. */
    private static ObjectNode headers(ObjectNode event) {
        var headers = event.objectNode();
        for (var each : event.properties()) {
            if (each.getValue().isTextual()) {
                var isContent = each.getKey().equals("datacontenttype");
                headers.set(isContent ? "content-type" : "ce_" + each.getKey(), each.getValue());
            }
        }
        return headers;
    }

    private static boolean cancels(ConsumerRecord<byte[], byte[]> record) {
        return READER.read(record) instanceof Read.Cancel;
    }
}
