package dev.restoreworker.ledger;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.restoreworker.Origin;
import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Resolution;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.WaitsFor;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes values of rows. */
final class Entries {

    /** The columns of {@code request} that its content and its origin are read from. */
    static final String CONTENT =
            """
            id, project_id, cluster_name, delivery_type, snapshot_id, oplog_ts, oplog_inc,
            point_in_time_utc_seconds, target_project_id, target_cluster_name,
            record_topic, record_partition, record_offset""";

    private static final String ATTEMPTS =
            """
            select request_id, number, begun_at, not_before, lease_until, state, state_at, reply,
                case when state in ('OPEN', 'ABANDONED') then session end as session
            from attempt
            where request_id = any(?)
            order by request_id, number""";

    /** The columns of {@code request} that tell of one that has its outcome and is not over. */
    static final String TOLD =
            """
            outcome, job_id, resolved_by, resolved_why,
            job_state, job_finished_at, job_expires_at""";

    private Entries() {}

    /**
     * An entry, of a row that joins {@code request} and {@code work}, and {@code now}; {@link
     * Lines#placed} says where it stands, and {@link Cancellations#known} whether it is cancelled.
     */
    static LedgerEntry entry(ResultSet row, List<Attempt> attempts) throws SQLException {
        return new LedgerEntry(
                request(row),
                instant(row, "received_at"),
                row.getLong("version"),
                stage(row),
                row.getBoolean("deferred"),
                attempts,
                instant(row, "due_at"),
                instant(row, "now"),
                new LedgerEntry.Line(null, row.getString("repeats")),
                null,
                null);
    }

    private static Stage stage(ResultSet row) throws SQLException {
        return switch (text(row, "stage")) {
            case "WAITING" ->
                    new Stage.Waiting(
                            WaitsFor.valueOf(text(row, "waits_for")), row.getInt("tries"));
            case "SUBMITTING" -> new Stage.Submitting(row.getInt("absent"));
            case "FOLLOWED" ->
                    new Stage.Followed(Json.outcome(text(row, "outcome")), row.getInt("absent"));
            case "TRACKED" ->
                    new Stage.Tracked(
                            Json.outcome(text(row, "outcome")),
                            text(row, "job_id"),
                            resolution(row),
                            row.getInt("absent"),
                            ending(row));
            case String other -> throw new IllegalStateException("unknown stage " + other);
        };
    }

    static @Nullable Resolution resolution(ResultSet row) throws SQLException {
        var by = row.getString("resolved_by");
        return by == null ? null : new Resolution(by, text(row, "resolved_why"));
    }

    /** What was told of the end of its job; null if nothing was. */
    static @Nullable Ending ending(ResultSet row) throws SQLException {
        var state = row.getString("job_state");
        return state == null
                ? null
                : new Ending(
                        Ending.Kind.valueOf(state),
                        row.getString("job_id"),
                        instantOrNull(row, "job_finished_at"),
                        instantOrNull(row, "job_expires_at"),
                        resolution(row));
    }

    private static RestoreRequest request(ResultSet row) throws SQLException {
        var content = content(row);
        return new RestoreRequest(
                text(row, "id"),
                requireNonNull(content.projectId()),
                requireNonNull(content.clusterName()),
                delivery(content),
                Json.terms(text(row, "terms")),
                remarks(row));
    }

    /** The content of a valid request says it all. */
    private static Delivery delivery(Content content) {
        return switch (requireNonNull(content.deliveryType())) {
            case "download" -> new Delivery.Download(requireNonNull(content.snapshotId()));
            case "automated" ->
                    new Delivery.Automated(requireNonNull(content.snapshotId()), target(content));
            case "pointInTime" -> new Delivery.PointInTime(time(content), target(content));
            case String other -> throw new IllegalStateException("unknown delivery " + other);
        };
    }

    private static Delivery.Target target(Content content) {
        return new Delivery.Target(
                requireNonNull(content.targetProjectId()),
                requireNonNull(content.targetClusterName()));
    }

    private static Delivery.Time time(Content content) {
        return content.pointInTimeUTCSeconds() == null
                ? new Delivery.Time.Oplog(number(content.oplogTs()), number(content.oplogInc()))
                : new Delivery.Time.UtcSeconds(number(content.pointInTimeUTCSeconds()));
    }

    /** As it stood in the record: 1.7e9 is a number as well. */
    private static int number(@Nullable String text) {
        return new BigDecimal(requireNonNull(text)).intValueExact();
    }

    static Content content(ResultSet row) throws SQLException {
        return new Content(
                row.getString("project_id"),
                row.getString("cluster_name"),
                row.getString("delivery_type"),
                row.getString("snapshot_id"),
                row.getString("oplog_ts"),
                row.getString("oplog_inc"),
                row.getString("point_in_time_utc_seconds"),
                row.getString("target_project_id"),
                row.getString("target_cluster_name"));
    }

    static Remarks remarks(ResultSet row) throws SQLException {
        return Json.remarks(text(row, "remarks"), row.getString("requested_by"));
    }

    static Origin origin(ResultSet row) throws SQLException {
        return new Origin(
                text(row, "record_topic"),
                row.getInt("record_partition"),
                row.getLong("record_offset"));
    }

    /** An attempt, and the session of its sender if it is not known to be over. */
    private record Sent(String requestId, Attempt attempt, @Nullable String session) {

        Attempt seen(Set<String> ended) {
            return attempt.withSenderGone(session != null && ended.contains(session));
        }
    }

    /**
     * The attempts of each of these requests that has any, by number. Whether a sender is gone is
     * asked after its attempt was read: its session was there before.
     */
    static Map<String, List<Attempt>> attempts(Connection connection, List<String> ids)
            throws SQLException {
        var sent = sent(connection, ids);
        var sessions = sent.stream().map(Sent::session).filter(Objects::nonNull).distinct();
        var ended = Sessions.ended(connection, sessions.toList());
        return sent.stream()
                .collect(groupingBy(Sent::requestId, mapping(each -> each.seen(ended), toList())));
    }

    private static List<Sent> sent(Connection connection, List<String> ids) throws SQLException {
        try (var select = connection.prepareStatement(ATTEMPTS)) {
            select.setArray(1, connection.createArrayOf("text", ids.toArray()));
            var sent = new ArrayList<Sent>();
            var row = select.executeQuery();
            while (row.next()) {
                sent.add(new Sent(text(row, "request_id"), attempt(row), row.getString("session")));
            }
            return sent;
        }
    }

    static Attempt attempt(ResultSet row) throws SQLException {
        return new Attempt(
                row.getInt("number"),
                instant(row, "begun_at"),
                instant(row, "not_before"),
                instant(row, "lease_until"),
                state(row));
    }

    private static State state(ResultSet row) throws SQLException {
        return switch (text(row, "state")) {
            case "OPEN" -> new State.Open();
            case "ABANDONED" -> new State.Abandoned(instant(row, "state_at"));
            case "CLOSED", "ANSWERED" ->
                    heard(instant(row, "state_at"), Json.reply(text(row, "reply")));
            case String other -> throw new IllegalStateException("unknown state " + other);
        };
    }

    /** What an attempt is when this is heard of it. */
    static State heard(Instant at, SubmitReply reply) {
        return reply instanceof SubmitReply.Unknown(var cause)
                ? new State.Closed(at, cause)
                : new State.Answered(at, reply);
    }

    static String text(ResultSet row, String column) throws SQLException {
        return requireNonNull(row.getString(column), column);
    }

    /** The first column of all rows; none is null. */
    static List<String> texts(PreparedStatement select) throws SQLException {
        var texts = new ArrayList<String>();
        var row = select.executeQuery();
        while (row.next()) {
            texts.add(requireNonNull(row.getString(1)));
        }
        return texts;
    }

    /** As {@link #texts}, of a statement with one parameter: these texts. */
    static List<String> texts(Connection connection, String sql, Collection<String> any)
            throws SQLException {
        try (var select = connection.prepareStatement(sql)) {
            select.setArray(1, connection.createArrayOf("text", any.toArray()));
            return texts(select);
        }
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        var time = requireNonNull(row.getObject(column, OffsetDateTime.class), column);
        return time.equals(OffsetDateTime.MAX) ? LedgerEntry.NEVER : time.toInstant(); // infinity
    }

    static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        return row.getString(column) == null ? null : instant(row, column);
    }

    /**
     * What the database keeps of an instant: microseconds, and never rounded up, which for the
     * earliest time of a job would rule it out.
     */
    static Instant kept(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }

    /** What the database keeps of a duration. */
    static Duration kept(Duration duration) {
        return duration.truncatedTo(ChronoUnit.MICROS);
    }
}
