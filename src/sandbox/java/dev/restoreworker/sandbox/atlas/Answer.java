package dev.restoreworker.sandbox.atlas;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What will be sent back.
 *
 * @param jobId of the job that the call made, if it made one
 */
record Answer(int status, Map<String, String> headers, Buffer body, @Nullable String jobId) {
    static Answer of(int status, String contentType, JsonObject body) {
        return new Answer(status, Map.of("Content-Type", contentType), body.toBuffer(), null);
    }

    static Answer empty(int status) {
        return new Answer(status, Map.of(), Buffer.buffer(), null);
    }

    Answer with(String header, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, more, body, jobId);
    }

    Answer naming(String createdJobId) {
        return new Answer(status, headers, body, createdJobId);
    }
}
