package dev.restoreworker.sandbox.atlas;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Random;
import java.util.Set;

/** Answers that are not what Atlas meant to say. */
final class Spoiling {
    private Spoiling() {}

    static Answer of(Answer answer, Treatment treatment, long draw) {
        var body = answer.body();
        if (!treatment.without().isEmpty()) {
            body = without(body, treatment.without());
        }
        if (treatment.way().garbled()) {
            body = noise(body.length(), draw);
        }
        return new Answer(answer.status(), answer.headers(), body, answer.jobId());
    }

    /** Of a list each of its jobs, else the one. A body that is no JSON stays as it is. */
    private static Buffer without(Buffer body, Set<String> fields) {
        try {
            var json = new JsonObject(body);
            if (json.getValue("results") instanceof JsonArray jobs) {
                jobs.stream()
                        .map(JsonObject.class::cast)
                        .forEach(job -> fields.forEach(job::remove));
            } else {
                fields.forEach(json::remove);
            }
            return json.toBuffer();
        } catch (DecodeException _) {
            return body;
        }
    }

    private static Buffer noise(int length, long draw) {
        var bytes = new byte[length];
        new Random(draw).nextBytes(bytes);
        return Buffer.buffer(bytes);
    }
}
