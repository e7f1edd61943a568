package dev.restoreworker.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.restoreworker.core.RequestRules;
import dev.restoreworker.core.Resolution;
import dev.restoreworker.core.Text;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operator's word on a request: which job is its own, or that it has none.
 *
 * @param jobId null if it has none
 */
record Wish(@Nullable String jobId, Resolution resolution) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NO_JOB = "none";
    private static final int BY_MAX = 100;
    private static final int REASON_MAX = 1_000;

    /** What was sent, or everything that is wrong with it. */
    sealed interface Read {

        record Understood(Wish wish) implements Read {}

        record Faulty(List<String> faults) implements Read {}
    }

    static Read read(String body) {
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JsonProcessingException _) {
            return new Read.Faulty(List.of("the body is not JSON"));
        }
        var job = json.path("job").asText("");
        var by = json.path("by").asText("").strip();
        var reason = json.path("reason").asText("").strip();
        var faults = new ArrayList<String>();
        if (!job.equals(NO_JOB) && !RequestRules.isAtlasId(job)) {
            faults.add("job must be the job's id (24 hex digits in lower case) or \"none\"");
        }
        check("by", by, BY_MAX, faults);
        check("reason", reason, REASON_MAX, faults);
        return faults.isEmpty()
                ? new Read.Understood(
                        new Wish(job.equals(NO_JOB) ? null : job, new Resolution(by, reason)))
                : new Read.Faulty(faults);
    }

    private static void check(String name, String text, int max, List<String> faults) {
        if (text.isEmpty() || text.length() > max || !Text.isPrintable(text)) {
            faults.add("%s must be 1 to %d printable characters".formatted(name, max));
        }
    }
}
