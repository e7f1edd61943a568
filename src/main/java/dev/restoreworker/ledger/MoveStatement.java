package dev.restoreworker.ledger;

import static java.util.Objects.requireNonNull;

import dev.restoreworker.Ledger.Move;
import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.Durations;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Quota;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.ledger.Lines.Place;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes moves, no two of one request, in one transaction. */
final class MoveStatement {

    /** In one order for all writers, so that two of them never wait each for the other. */
    private static final String LOCK =
            """
            select request_id, version, target, place, slot from work
            where request_id = any(?)
            order by request_id
            for update""";

    private static final String LOCK_ATTEMPTS =
            """
            select 1 from attempt
            where request_id = any(?)
            order by request_id, number
            for update""";

    private final Connection connection;
    private final Intents intents;
    private final Quota quota;

    MoveStatement(Connection connection, Intents intents, Quota quota) {
        this.connection = connection;
        this.intents = intents;
        this.quota = quota;
    }

    /** An entry that is live, as it stands now that it is locked. */
    private record Live(long version, @Nullable Place place, boolean slot) {}

    /** What became of each, in their order. */
    List<Move> write(List<Wish> wishes) throws SQLException {
        Locks.LINES.take(connection, Lines.targets(wishes.stream().map(Wish::from)));
        var projects = projects(wishes, MoveStatement::concernsSlots);
        Locks.SLOTS.take(connection, projects);
        var live = lock(wishes);
        var moves = new HashMap<>(roomless(wishes, live, projects));
        var written = wishes.stream().filter(wish -> !moves.containsKey(wish.requestId())).toList();
        moves.putAll(carryOut(written));
        Lines.wake(connection, places(written, live));
        var given = given(written, moves);
        Watches.begin(connection, toBeListed(given, written));
        Cancellations.buryDue(connection, restoring(given));
        Slots.grant(connection, roomSeen(written, moves), quota);
        return wishes.stream().map(wish -> requireNonNull(moves.get(wish.requestId()))).toList();
    }

    /** What became of each request, by its id. */
    private Map<String, Move> carryOut(List<Wish> wishes) throws SQLException {
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
            var moves = new HashMap<String, Move>();
            var row = write.executeQuery();
            while (row.next()) {
                var wish = wishes.get(moves.size());
                moves.put(wish.requestId(), move(wish, row));
            }
            return moves;
        }
    }

    private static String project(Wish wish) {
        return wish.from().request().projectId();
    }

    /** Whether slots are taken by it, or become free, or are found to be free after all. */
    private static boolean concernsSlots(Wish wish) {
        return takesSlot(wish) || leavesRoom(wish);
    }

    /** One that is to begin, and has none as far as its caller knows. */
    private static boolean takesSlot(Wish wish) {
        return wish.begins() && wish.from().queue() != null;
    }

    private static boolean leavesRoom(Wish wish) {
        return wish.decision().mayLeaveRoom(wish.from());
    }

    private static List<String> projects(List<Wish> wishes, Predicate<Wish> which) {
        return wishes.stream().filter(which).map(MoveStatement::project).distinct().toList();
    }

    /** The projects in which these moves may leave room, and for how many Atlas is seen to. */
    private static Map<String, Integer> roomSeen(List<Wish> wishes, Map<String, Move> moves) {
        return wishes.stream()
                .filter(wish -> moves.get(wish.requestId()) instanceof Move.Moved)
                .filter(MoveStatement::leavesRoom)
                .collect(
                        Collectors.groupingBy(
                                MoveStatement::project,
                                LinkedHashMap::new,
                                Collectors.summingInt(
                                        wish -> wish.decision().showsRoom(wish.from()) ? 1 : 0)));
    }

    /** Those that are to begin, and for which there is no room. */
    private Map<String, Move> roomless(
            List<Wish> wishes, Map<String, Live> live, List<String> projects) throws SQLException {
        var takers =
                wishes.stream()
                        .filter(MoveStatement::takesSlot)
                        .filter(wish -> isCurrent(wish, live) && !live(wish, live).slot())
                        .toList();
        if (takers.isEmpty()) {
            return Map.of();
        }
        var snapshots = takers.stream().map(wish -> Slots.snapshot(wish.from().request())).toList();
        var rooms = Rooms.read(connection, projects, snapshots, quota);
        var roomless = new HashMap<String, Move>();
        for (var wish : takers) {
            var request = wish.from().request();
            rooms.take(request.id(), request.projectId(), requireNonNull(Slots.snapshot(request)))
                    .ifPresent(obstacle -> roomless.put(request.id(), new Move.NoRoom(obstacle)));
        }
        return roomless;
    }

    private static boolean isCurrent(Wish wish, Map<String, Live> live) {
        var found = live.get(wish.requestId());
        return found != null && found.version() == wish.from().version();
    }

    private static Live live(Wish wish, Map<String, Live> live) {
        return requireNonNull(live.get(wish.requestId()));
    }

    /**
     * Takes the lock of each request first, in a statement of its own: the next one sees what was
     * committed by who held the lock before us. In one statement it would see the entry and its
     * attempts as they were before the wait, and an answer could be lost.
     *
     * <p>A settled request has no row in {@code work}: then its attempts are locked.
     */
    private Map<String, Live> lock(List<Wish> wishes) throws SQLException {
        var live = live(wishes.stream().map(Wish::requestId).toList());
        var settled =
                wishes.stream()
                        .filter(wish -> wish.decision().change() instanceof AttemptChange.Answer)
                        .map(Wish::requestId)
                        .filter(id -> !live.containsKey(id))
                        .toList();
        if (!settled.isEmpty()) {
            try (var select = connection.prepareStatement(LOCK_ATTEMPTS)) {
                select.setArray(1, connection.createArrayOf("text", settled.toArray()));
                select.execute();
            }
        }
        return live;
    }

    private Map<String, Live> live(Collection<String> ids) throws SQLException {
        try (var select = connection.prepareStatement(LOCK)) {
            select.setArray(1, connection.createArrayOf("text", ids.toArray()));
            var live = new HashMap<String, Live>();
            var row = select.executeQuery();
            while (row.next()) {
                var target = row.getString("target");
                live.put(
                        Entries.text(row, "request_id"),
                        new Live(
                                row.getLong("version"),
                                target == null ? null : new Place(target, row.getLong("place")),
                                row.getBoolean("slot")));
            }
            return live;
        }
    }

    /** The places in line that these moves may give up. */
    private static List<Place> places(List<Wish> wishes, Map<String, Live> live) {
        return wishes.stream()
                .filter(wish -> mayLeave(wish.decision().stage()))
                .flatMap(wish -> Stream.ofNullable(live.get(wish.requestId())))
                .flatMap(found -> Stream.ofNullable(found.place()))
                .toList();
    }

    private static boolean mayLeave(Stage stage) {
        return stage instanceof Stage.Settled || stage instanceof Stage.Over;
    }

    /** Those that were given a job, over or not. */
    private static List<Wish> given(List<Wish> wishes, Map<String, Move> moves) {
        return wishes.stream()
                .filter(wish -> moves.get(wish.requestId()) instanceof Move.Moved)
                .filter(wish -> EndRows.jobId(wish) != null)
                .filter(wish -> !(wish.from().stage() instanceof Stage.Tracked))
                .toList();
    }

    /**
     * The clusters whose jobs are to be listed, and when: as the first says that is tracked there
     * from now on, or at once where Atlas says that there is no room in their project.
     */
    private Map<SourceCluster, Duration> toBeListed(List<Wish> given, List<Wish> written)
            throws SQLException {
        var soonest = new HashMap<SourceCluster, Duration>();
        for (var wish : given) {
            if (wish.decision().stage() instanceof Stage.Tracked) {
                soonest.merge(
                        wish.from().request().source(),
                        wish.decision().dueIn(),
                        Durations::shorter);
            }
        }
        var full = projects(written, wish -> wish.decision().isRefusedRoom(wish.from()));
        Watches.clusters(connection, full).forEach(cluster -> soonest.put(cluster, Duration.ZERO));
        return soonest;
    }

    /** Those whose job wipes a target. */
    private static List<String> restoring(List<Wish> given) {
        return given.stream()
                .filter(wish -> wish.from().request().delivery().wipes().isPresent())
                .map(Wish::requestId)
                .toList();
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
                from.line(),
                wish.begins() ? null : from.queue(),
                from.cancel());
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
