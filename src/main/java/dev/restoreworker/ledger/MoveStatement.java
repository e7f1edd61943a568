package dev.restoreworker.ledger;

import dev.restoreworker.Ledger.Move;
import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.ledger.Lines.Place;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Writes moves, no two of one request, in one transaction. */
final class MoveStatement {

    /** In one order for all writers, so that two of them never wait each for the other. */
    private static final String LOCK =
            """
            select request_id, target, place from work
            where request_id = any(?)
            order by request_id
            for update""";

    private static final String LOCK_ATTEMPTS =
            """
            select request_id, null as target, 0 as place from attempt
            where request_id = any(?)
            order by request_id, number
            for update""";

    private final Connection connection;
    private final Intents intents;

    MoveStatement(Connection connection, Intents intents) {
        this.connection = connection;
        this.intents = intents;
    }

    /** What became of each, in their order. */
    List<Move> write(List<Wish> wishes) throws SQLException {
        Lines.lock(connection, Lines.targets(wishes.stream().map(Wish::from)));
        var places = lock(wishes);
        var events = new ArrayList<OutboxRow>();
        for (var i = 0; i < wishes.size(); i++) {
            for (var event : wishes.get(i).events()) {
                events.add(new OutboxRow(i + 1, event));
            }
        }
        try (var write = connection.prepareStatement(MoveRows.WRITE)) {
            MoveRows.ROWS.bind(write, 1, wishes);
            intents.bind(write, MoveRows.SENDER);
            OutboxRow.ROWS.bind(write, MoveRows.EVENTS, events);
            var moves = new ArrayList<Move>();
            var row = write.executeQuery();
            while (row.next()) {
                moves.add(move(wishes.get(moves.size()), row));
            }
            Lines.wake(connection, places);
            Watches.begin(connection, begun(wishes, moves));
            return moves;
        }
    }

    /**
     * Takes the lock of each request first, in a statement of its own: the next one sees what was
     * committed by who held the lock before us. In one statement it would see the entry and its
     * attempts as they were before the wait, and an answer could be lost.
     *
     * <p>A settled request has no row in {@code work}: then its attempts are locked.
     *
     * <p>Returns the places in line that these moves may give up.
     */
    private List<Place> lock(List<Wish> wishes) throws SQLException {
        var live = locked(LOCK, wishes.stream().map(Wish::requestId).toList());
        var settled =
                wishes.stream()
                        .filter(wish -> wish.decision().change() instanceof AttemptChange.Answer)
                        .map(Wish::requestId)
                        .filter(id -> !live.containsKey(id))
                        .toList();
        if (!settled.isEmpty()) {
            locked(LOCK_ATTEMPTS, settled);
        }
        return wishes.stream()
                .filter(wish -> mayLeave(wish.decision().stage()))
                .flatMap(wish -> live.getOrDefault(wish.requestId(), Optional.empty()).stream())
                .toList();
    }

    private static boolean mayLeave(Stage stage) {
        return stage instanceof Stage.Settled || stage instanceof Stage.Over;
    }

    /** Those that were given a job to track. */
    private static List<Wish> begun(List<Wish> wishes, List<Move> moves) {
        return IntStream.range(0, wishes.size())
                .filter(i -> moves.get(i) instanceof Move.Moved)
                .mapToObj(wishes::get)
                .filter(wish -> wish.decision().stage() instanceof Stage.Tracked)
                .filter(wish -> !(wish.from().stage() instanceof Stage.Tracked))
                .toList();
    }

    /** Those that were found, each with its place if it has one. */
    private Map<String, Optional<Place>> locked(String lock, Collection<String> ids)
            throws SQLException {
        try (var select = connection.prepareStatement(lock)) {
            select.setArray(1, connection.createArrayOf("text", ids.toArray()));
            var locked = new HashMap<String, Optional<Place>>();
            var row = select.executeQuery();
            while (row.next()) {
                var number = row.getLong("place");
                locked.put(
                        Entries.text(row, "request_id"),
                        Optional.ofNullable(row.getString("target"))
                                .map(target -> new Place(target, number)));
            }
            return locked;
        }
    }

    /** The request whose job it is that the wish names. */
    static Optional<String> jobOwner(Connection connection, Wish wish) throws SQLException {
        try (var select = connection.prepareStatement("select id from request where job_id = ?")) {
            select.setString(1, EndRows.jobId(wish));
            var row = select.executeQuery();
            return row.next() ? Optional.of(Entries.text(row, "id")) : Optional.empty();
        }
    }

    private static Move move(Wish wish, ResultSet row) throws SQLException {
        var taken = row.getBoolean("taken");
        if (taken && row.getBoolean("current")) {
            return new Move.Moved(moved(wish, Entries.instant(row, "now")));
        }
        return new Move.Overtaken(
                wish.decision().change() instanceof AttemptChange.Answer(_, var reply)
                        && (taken || isSame(reply, row.getString("known_reply"))));
    }

    /** It was taken before, and whoever brought it was not told. */
    private static boolean isSame(SubmitReply reply, @Nullable String known) {
        return known != null && Json.reply(known).equals(Json.reply(Json.write(reply)));
    }

    /** The attempts are those that the caller saw: each change of one raises the version. */
    private static LedgerEntry moved(Wish wish, Instant now) {
        var from = wish.from();
        return new LedgerEntry(
                from.request(),
                from.receivedAt(),
                from.version() + 1,
                wish.decision().stage(),
                from.deferred() || wish.decision().defers(),
                attempts(from, wish.decision().change(), now),
                wish.decision().stage() instanceof Stage.Tracked
                        ? LedgerEntry.NEVER
                        : now.plus(Entries.kept(wish.decision().dueIn())),
                now,
                from.line());
    }

    private static List<Attempt> attempts(LedgerEntry from, AttemptChange change, Instant now) {
        return switch (change) {
            case AttemptChange.None _ -> from.attempts();
            case AttemptChange.Begin(var notBefore, var lease) -> {
                var attempts = new ArrayList<>(from.attempts());
                attempts.add(
                        new Attempt(
                                attempts.size() + 1,
                                now,
                                Entries.kept(notBefore),
                                now.plus(Entries.kept(lease)),
                                new State.Open()));
                yield attempts;
            }
            case AttemptChange.Answer(var number, var reply) ->
                    with(from.attempts(), number, Entries.heard(now, reply));
            case AttemptChange.Abandon(var number) ->
                    with(from.attempts(), number, new State.Abandoned(now));
        };
    }

    private static List<Attempt> with(List<Attempt> attempts, int number, State state) {
        return attempts.stream()
                .map(attempt -> attempt.number() == number ? attempt.with(state) : attempt)
                .toList();
    }
}
