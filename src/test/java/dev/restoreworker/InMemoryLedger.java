package dev.restoreworker;

import dev.restoreworker.Ledger.History.Repeat;
import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.Attempt.State;
import dev.restoreworker.core.Cancel;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.JobMatcher.Rivals;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Line;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.Outcome;
import dev.restoreworker.core.Quota;
import dev.restoreworker.core.Resolution;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ledger at its plainest: what the real one is compared with. */
public final class InMemoryLedger implements Ledger {

    private final InstantSource clock;
    private final InMemoryOutbox outbox;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final InMemoryLine line = new InMemoryLine(rows);
    private final InMemorySlots slots;
    private final InMemoryWatches watches;
    private final InMemoryCancels cancels;
    private final Map<String, String> requestsByJob = new HashMap<>();
    private final Set<String> buried = new HashSet<>();

    /** All that is known of a request. */
    static final class Row {
        /** Less when it is purged. */
        Opening opening;

        final Instant receivedAt;
        final List<Attempt> attempts = new ArrayList<>();
        final List<Repeat> duplicates = new ArrayList<>();

        /** As it was moved last, while it is live; its attempts are above. */
        @Nullable LedgerEntry open;

        boolean deferred;

        /** Whether it holds a slot. */
        boolean slot;

        /** That it is to be cancelled. */
        @Nullable Cancel cancel;

        /** The request that it repeats. */
        @Nullable String repeats;

        @Nullable Instant purgedAt;

        @Nullable Outcome outcome;
        @Nullable Instant settledAt;
        @Nullable Ending ending;
        @Nullable Instant endedAt;
        @Nullable Resolution resolution;
        @Nullable Instant resolvedAt;

        Row(Opening opening, Instant receivedAt) {
            this.opening = opening;
            this.receivedAt = receivedAt;
        }

        LedgerEntry entry(LedgerEntry bare, Instant now) {
            return with(bare, bare.version(), bare.stage(), bare.dueAt(), now);
        }

        LedgerEntry with(LedgerEntry bare, long version, Stage stage, Instant dueAt, Instant now) {
            return new LedgerEntry(
                    bare.request(),
                    receivedAt,
                    version,
                    stage,
                    deferred,
                    attempts,
                    dueAt,
                    now,
                    bare.line(),
                    bare.queue(),
                    cancel);
        }
    }

    /** A ledger for as many downloads as there may be. */
    public InMemoryLedger(InstantSource clock) {
        this(clock, LedgerFixture.NO_QUOTA);
    }

    public InMemoryLedger(InstantSource clock, Quota quota) {
        this.clock = clock;
        this.slots = new InMemorySlots(rows, quota);
        this.watches = new InMemoryWatches(rows, slots);
        this.cancels = new InMemoryCancels(rows, watches, this::bury);
        this.outbox = new InMemoryOutbox(clock);
    }

    /** How many downloads hold a slot. */
    public synchronized long slotsHeld() {
        return rows.values().stream().filter(row -> row.open != null && row.slot).count();
    }

    /** From now on with other limits. */
    synchronized InMemoryLedger with(Quota quota) {
        slots.limit(quota);
        return this;
    }

    public InMemoryOutbox outbox() {
        return outbox;
    }

    /** The sessions of all workers that sent something so far end. */
    synchronized void endSessions() {
        rows.values().forEach(row -> row.attempts.replaceAll(each -> each.withSenderGone(true)));
    }

    @Override
    public synchronized List<Opened> open(List<Opening> openings) {
        return openings.stream().map(this::open).toList();
    }

    private Opened open(Opening asked) {
        var known = rows.get(asked.requestId());
        if (known != null) {
            return repeated(asked, known);
        }
        var cancel = cancels.of(asked.requestId());
        var opening = asked.cancelledBy(cancel);
        var requestedBy = opening.remarks().requestedBy();
        if (requestedBy != null && requestedBy.contains("\0")) {
            return new Opened.Unstorable("no database stores this character");
        }
        var now = clock.instant();
        var row = new Row(opening, now);
        row.cancel = cancel;
        row.repeats = line.repeated(opening, now);
        rows.put(opening.requestId(), row);
        opening.events().forEach(outbox::add);
        return switch (opening.start()) {
            case Start.Wait(var request) -> new Opened.Fresh(waits(row, request, now));
            case Start.Submit(var request, _)
                    when !line.place(row).equals(Line.FREE)
                            || slots.take(row, bare(request, now), now).isPresent() ->
                    new Opened.Fresh(waits(row, request, now));
            case Start.Submit(var request, var intent) -> {
                begin(row, intent, now);
                var dueAt = now.plus(intent.lease());
                var stage = new Stage.Submitting();
                row.open = new LedgerEntry(request, now, 1, stage, false, row.attempts, dueAt, now);
                yield new Opened.Fresh(row.open);
            }
            case Start.Fail(var outcome) -> {
                row.outcome = outcome;
                row.settledAt = now;
                yield new Opened.Settled(outcome);
            }
        };
    }

    private static LedgerEntry bare(RestoreRequest request, Instant now) {
        var stage = new Stage.Waiting(WaitsFor.TURN, 0);
        return new LedgerEntry(request, now, 1, stage, false, List.of(), now, now);
    }

    private LedgerEntry waits(Row row, RestoreRequest request, Instant now) {
        row.open = bare(request, now);
        var obstacle = slots.take(row, row.open, now);
        var queueing = row.opening.queueing();
        if (obstacle.isPresent() && queueing != null) {
            row.deferred = true;
            var stage = new Stage.Waiting(obstacle.get(), 0);
            row.open = row.with(row.open, 1, stage, now.plus(queueing.patience()), now);
            var queue = Objects.requireNonNull(slots.place(row, row.open));
            outbox.add(queueing.told().apply(obstacle.get(), queue.place()));
        }
        row.open = placed(row, row.open);
        return row.open;
    }

    private LedgerEntry placed(Row row, LedgerEntry entry) {
        return entry.with(line.place(row)).with(slots.place(row, entry));
    }

    private Opened repeated(Opening opening, Row known) {
        if (known.purgedAt != null) {
            return new Opened.Duplicate(known.opening.origin().equals(opening.origin()));
        }
        if (!known.opening.content().equals(opening.content())) {
            return new Opened.Conflict(known.opening.origin());
        }
        var sameRecord = known.opening.origin().equals(opening.origin());
        var listed = known.duplicates.stream().map(Repeat::origin).toList();
        if (!sameRecord && !listed.contains(opening.origin())) {
            known.duplicates.add(new Repeat(opening.origin(), clock.instant()));
        }
        return new Opened.Duplicate(sameRecord);
    }

    @Override
    public synchronized List<Cancelled> cancel(List<Cancelling> asked) {
        return cancels.write(asked, clock.instant());
    }

    @Override
    public synchronized List<LedgerEntry> claim(int max, Duration hold) {
        var now = clock.instant();
        var claimed = new ArrayList<LedgerEntry>();
        for (var row : due(now).stream().limit(max).toList()) {
            var open = open(row).orElseThrow();
            row.open =
                    placed(
                            row,
                            row.with(open, open.version() + 1, open.stage(), now.plus(hold), now));
            claimed.add(row.open);
        }
        return claimed;
    }

    private List<Row> due(Instant now) {
        return rows.values().stream()
                .filter(row -> open(row).filter(e -> !now.isBefore(e.dueAt())).isPresent())
                .sorted(Comparator.comparing(row -> open(row).orElseThrow().dueAt()))
                .toList();
    }

    private static Optional<LedgerEntry> open(Row row) {
        return Optional.ofNullable(row.open);
    }

    @Override
    public synchronized Move move(LedgerEntry from, Decision decision, List<OutgoingEvent> events) {
        if (decision.change() instanceof AttemptChange.Abandon(var number)
                && !(from.attempt(number).state() instanceof State.Open)) {
            throw new IllegalArgumentException("only an open attempt can be abandoned");
        }
        var row = rows.get(from.request().id());
        var now = clock.instant();
        if (row == null) {
            return new Move.Overtaken(false);
        }
        var open = row.open;
        var current = open != null && open.version() == from.version();
        if (decision.change() instanceof AttemptChange.Answer(var number, var reply)) {
            if (!takes(row, number, reply)) {
                return new Move.Overtaken(hasTaken(row, number, reply));
            }
            if (!current) {
                become(row, number, heard(now, reply));
                if (open != null && !(open.stage() instanceof Stage.Tracked)) {
                    var stage = withoutLooks(open.stage());
                    row.open = row.with(open, open.version() + 1, stage, now, now);
                }
                return new Move.Overtaken(true);
            }
        }
        if (open == null || !current) {
            return new Move.Overtaken(false);
        }
        return carryOut(row, open, decision, events, now);
    }

    private static Stage withoutLooks(Stage stage) {
        return switch (stage) {
            case Stage.Submitting _ -> new Stage.Submitting();
            case Stage.Followed(var outcome, _) -> new Stage.Followed(outcome);
            case Stage.Waiting _, Stage.Tracked _, Stage.Settled _, Stage.Over _ -> stage;
        };
    }

    private static @Nullable String jobId(Stage stage) {
        return switch (stage) {
            case Stage.Tracked tracked -> tracked.jobId();
            case Stage.Over(_, var ending) -> ending.jobId();
            case Stage.Waiting _, Stage.Submitting _, Stage.Followed _, Stage.Settled _ -> null;
        };
    }

    private Move carryOut(
            Row row, LedgerEntry open, Decision decision, List<OutgoingEvent> events, Instant now) {
        var id = open.request().id();
        var begins = decision.change() instanceof AttemptChange.Begin;
        var obstacle = begins ? slots.take(row, open, now) : Optional.<WaitsFor>empty();
        if (obstacle.isPresent()) {
            return new Move.NoRoom(obstacle.get());
        }
        var jobId = jobId(decision.stage());
        if (jobId != null) {
            var owner = requestsByJob.putIfAbsent(jobId, id);
            if (owner != null && !owner.equals(id)) {
                return new Move.JobTaken(owner);
            }
        }
        switch (decision.change()) {
            case AttemptChange.None _ -> {}
            case AttemptChange.Begin begin -> begin(row, begin, now);
            case AttemptChange.Answer(var number, var reply) ->
                    become(row, number, heard(now, reply));
            case AttemptChange.Abandon(var number) -> become(row, number, new State.Abandoned(now));
        }
        var waitsForNothing = row.cancel != null && decision.stage() instanceof Stage.Waiting;
        var soonest = waitsForNothing ? now : now.plus(decision.dueIn());
        var dueAt = decision.stage() instanceof Stage.Tracked ? LedgerEntry.NEVER : soonest;
        row.deferred |= decision.defers();
        row.slot &= !decision.givesUpSlot(open);
        var moved = row.with(open, open.version() + 1, decision.stage(), dueAt, now);
        moved = begins ? moved.with((LedgerEntry.Queue) null) : moved;
        row.open = moved;
        switch (decision.stage()) {
            case Stage.Waiting _, Stage.Submitting _ -> {}
            case Stage.Settled(var outcome) -> {
                settle(row, outcome, now);
                line.leave(row, now);
            }
            case Stage.Followed(var outcome, _) -> settle(row, outcome, now);
            case Stage.Tracked tracked -> {
                settle(row, tracked.outcome(), now);
                resolve(row, tracked.resolution(), now);
                end(row, tracked.ending(), now);
                if (!(open.stage() instanceof Stage.Tracked)) {
                    watches.add(open.request().source(), soonest);
                }
            }
            case Stage.Over(_, var ending) -> {
                resolve(row, ending.resolution(), now);
                end(row, ending, now);
                line.leave(row, now);
            }
        }
        events.forEach(outbox::add);
        if (decision.isRefusedRoom(open)) {
            watches.lookAround(open.request().projectId(), now);
        }
        if (decision.mayLeaveRoom(open)) {
            var seen = decision.showsRoom(open) ? 1 : 0;
            slots.grant(open.request().projectId(), seen, now);
        }
        if (jobId != null && !(open.stage() instanceof Stage.Tracked)) {
            cancels.onJob(open.request());
        }
        // Whoever decided without a cancel does not hear of it by this.
        return new Move.Moved(moved.cancelledBy(open.cancel()));
    }

    private static void end(Row row, @Nullable Ending ending, Instant now) {
        if (row.ending == null && ending != null) {
            row.ending = kept(ending);
            row.endedAt = now;
        }
    }

    private static Ending kept(Ending told) {
        return new Ending(
                told.kind(), told.jobId(), told.finishedAt(), told.expiresAt(), told.resolution());
    }

    private static void settle(Row row, Outcome outcome, Instant now) {
        if (row.outcome == null) {
            row.outcome = outcome;
            row.settledAt = now;
        }
    }

    private static void resolve(Row row, @Nullable Resolution resolution, Instant now) {
        if (row.resolution == null && resolution != null) {
            row.resolution = resolution;
            row.resolvedAt = now;
        }
    }

    private static boolean takes(Row row, int number, SubmitReply reply) {
        if (number > row.attempts.size()) {
            return false;
        }
        return switch (row.attempts.get(number - 1).state()) {
            case State.Open _, State.Abandoned _ -> true;
            case State.Closed _ -> !(reply instanceof SubmitReply.Unknown);
            case State.Answered _ -> false;
        };
    }

    private static boolean hasTaken(Row row, int number, SubmitReply reply) {
        if (number > row.attempts.size()) {
            return false;
        }
        return switch (row.attempts.get(number - 1).state()) {
            case State.Answered(_, var known) -> known.equals(reply);
            case State.Closed(_, var cause) -> reply.equals(new SubmitReply.Unknown(cause));
            case State.Open _, State.Abandoned _ -> false;
        };
    }

    private static void begin(Row row, AttemptChange.Begin begin, Instant now) {
        var leaseUntil = now.plus(begin.lease());
        var number = row.attempts.size() + 1;
        row.attempts.add(new Attempt(number, now, begin.notBefore(), leaseUntil, new State.Open()));
    }

    private static State heard(Instant now, SubmitReply reply) {
        return reply instanceof SubmitReply.Unknown(var cause)
                ? new State.Closed(now, cause)
                : new State.Answered(now, reply);
    }

    private static void become(Row row, int number, State state) {
        var was = row.attempts.get(number - 1);
        row.attempts.set(number - 1, was.with(state));
    }

    @Override
    public synchronized List<Watch> claimWatches(int max, Duration hold) {
        return watches.claim(max, hold, clock.instant());
    }

    /** When the jobs of any cluster are to be listed. */
    public synchronized Optional<Instant> nextWatch() {
        return watches.next();
    }

    @Override
    public synchronized void rest(Watch watch, Duration dueIn) {
        watches.rest(watch, clock.instant().plus(dueIn));
    }

    @Override
    public synchronized void sight(SourceCluster cluster, List<ListedJob> downloads) {
        var others =
                downloads.stream().filter(job -> !requestsByJob.containsKey(job.id())).toList();
        slots.sight(cluster, others, clock.instant());
    }

    @Override
    public synchronized Rivals rivals(LedgerEntry entry, List<String> jobIds) {
        var id = entry.request().id();
        var named = new HashSet<>(requestsByJob.keySet());
        named.retainAll(jobIds);
        named.removeIf(job -> id.equals(requestsByJob.get(job)));
        rows.values().stream()
                .filter(row -> !row.opening.requestId().equals(id))
                .flatMap(row -> row.attempts.stream())
                .flatMap(attempt -> attempt.created().stream())
                .map(SubmitReply.Created::jobId)
                .filter(jobIds::contains)
                .forEach(named::add);
        var undecided =
                rows.values().stream()
                        .filter(row -> !row.opening.requestId().equals(id))
                        .filter(row -> !requestsByJob.containsValue(row.opening.requestId()))
                        .filter(
                                row ->
                                        row.ending == null
                                                || row.ending.kind() != Ending.Kind.NOT_FOUND)
                        .filter(
                                row ->
                                        row.opening
                                                .content()
                                                .asksForTheSameJob(entry.request().content()))
                        .flatMap(row -> row.attempts.stream())
                        .filter(Attempt::undecided)
                        .toList();
        return new Rivals(named, undecided);
    }

    @Override
    public synchronized ProjectSlots slots(String projectId, int max) {
        return slots.list(projectId, max);
    }

    @Override
    public synchronized Optional<History> find(String requestId) {
        return Optional.ofNullable(rows.get(requestId)).map(row -> history(requestId, row));
    }

    private History history(String requestId, Row row) {
        return new History(
                requestId,
                row.opening.content(),
                row.opening.remarks(),
                row.opening.origin(),
                row.receivedAt,
                open(row).map(open -> placed(row, row.entry(open, clock.instant()))).orElse(null),
                List.copyOf(row.attempts),
                row.outcome,
                row.settledAt,
                List.copyOf(row.duplicates),
                row.ending,
                row.endedAt,
                row.resolution,
                row.resolvedAt,
                row.cancel,
                row.purgedAt);
    }

    @Override
    public synchronized Instant time() {
        return clock.instant();
    }

    @Override
    public synchronized int tidy(Duration retention, int max) {
        slots.grantAll(clock.instant());
        return InMemoryPurge.purge(rows.values(), clock.instant(), retention, max);
    }

    @Override
    public synchronized void bury(List<DeadLetter> letters) {
        for (var letter : letters) {
            if (buried.add(letter.fingerprint())) {
                outbox.add(letter.event());
            }
        }
    }
}
