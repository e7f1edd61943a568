package dev.restoreworker.atlas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.restoreworker.core.DeliveryUrls;
import dev.restoreworker.core.JobProgress;
import dev.restoreworker.core.JobProgress.State;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.RequestRules;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One page of Atlas' list of restore jobs. */
record JobPage(List<ListedJob> jobs) {

    private static final ObjectMapper JSON = new ObjectMapper();

    JobPage {
        jobs = List.copyOf(jobs);
    }

    /**
     * What a page says; empty if any part of it is not as Atlas writes it, for a job that is not
     * understood may be the one that is looked for.
     *
     * @param jobsUrl where the jobs of this cluster are
     */
    static Optional<JobPage> parse(String body, String jobsUrl) {
        try {
            var results = JSON.readTree(body).path("results");
            if (!results.isArray()) {
                return Optional.empty();
            }
            var jobs = new ArrayList<ListedJob>();
            for (var result : results) {
                var id = result.path("id").asText("");
                if (!result.path("id").isTextual() || !RequestRules.isAtlasId(id)) {
                    return Optional.empty();
                }
                jobs.add(job(result, id, jobsUrl + "/" + id));
            }
            return Optional.of(new JobPage(jobs));
        } catch (JsonProcessingException _) {
            return Optional.empty();
        }
    }

    private static ListedJob job(JsonNode job, String id, String link) {
        return new ListedJob(
                id,
                link,
                text(job, "deliveryType"),
                text(job, "snapshotId"),
                text(job, "targetGroupId"),
                text(job, "targetClusterName"),
                number(job, "oplogTs"),
                number(job, "oplogInc"),
                number(job, "pointInTimeUTCSeconds"),
                progress(job));
    }

    /**
     * A failed download may be called cancelled as well, so that failed comes first. Where there is
     * no URL any more, though a link was promised until some time, it was used.
     */
    private static JobProgress progress(JsonNode job) {
        var expiresAt = text(job, "expiresAt");
        var urls = urls(job.path("deliveryUrl"));
        State state;
        if (job.path("failed").asBoolean()) {
            state = State.FAILED;
        } else if (job.path("cancelled").asBoolean()) {
            state = State.CANCELLED;
        } else if (job.path("expired").asBoolean()) {
            state = State.EXPIRED;
        } else if (text(job, "finishedAt") != null) {
            state = State.COMPLETED;
        } else if (!urls.isEmpty() && expiresAt != null) {
            state = State.READY;
        } else if (isEmpty(job.path("deliveryUrl")) && expiresAt != null) {
            state = State.FETCHED;
        } else {
            state = State.RUNNING;
        }
        return new JobProgress(
                state,
                time(text(job, "finishedAt")),
                time(expiresAt),
                state == State.READY ? new DeliveryUrls(urls) : DeliveryUrls.NONE);
    }

    /** An array; in version 1.0 of the API a text. */
    private static List<String> urls(JsonNode deliveryUrl) {
        var each = deliveryUrl.isArray() ? deliveryUrl : List.of(deliveryUrl);
        var urls = new ArrayList<String>();
        for (var url : each) {
            if (url.isTextual() && !url.textValue().isEmpty()) {
                urls.add(url.textValue());
            }
        }
        return urls;
    }

    /** Said to be so; a field that is missing says nothing. */
    private static boolean isEmpty(JsonNode deliveryUrl) {
        return deliveryUrl.isNull()
                || (deliveryUrl.isArray() && deliveryUrl.isEmpty())
                || (deliveryUrl.isTextual() && deliveryUrl.textValue().isEmpty());
    }

    private static @Nullable Instant time(@Nullable String text) {
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException _) {
            return null; // it says nothing
        }
    }

    private static @Nullable String text(JsonNode job, String name) {
        var value = job.path(name);
        return value.isTextual() && !value.textValue().isEmpty() ? value.textValue() : null;
    }

    /** Atlas writes 0 where it has no such time. */
    private static @Nullable Integer number(JsonNode job, String name) {
        var value = job.path(name);
        return value.canConvertToInt() && value.intValue() != 0 ? value.intValue() : null;
    }
}
