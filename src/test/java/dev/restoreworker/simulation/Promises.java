package dev.restoreworker.simulation;

import dev.restoreworker.DeadLetter;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Kind;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.FixedRetryPolicy;
import dev.restoreworker.core.Outcome.Reason;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.simulation.SimulatedAtlas.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What must hold, from outside: in Atlas' books and in what was published. Of the ledger it knows
 * only when an attempt was written down and when its end was.
 */
final class Promises {

    static final Duration SEND_WITHIN = Duration.ofSeconds(10);

    /**
     * How much earlier than its intent an attempt's window may begin, for want of a better clock.
     */
    private static final Duration UNSURE = Duration.ofMinutes(1);

    private static final Duration LATE_AND_SECONDS = Duration.ofSeconds(13);
    private static final Duration CANCELLED_WITHIN = Duration.ofMinutes(10);
    private static final Duration LEASE = FixedRetryPolicy.DEFAULT.lease();

    private final World world;
    private final Map<String, List<Intent>> intents = new HashMap<>();
    private final Map<String, Integer> writes = new HashMap<>();
    private final Map<String, Content> sent = new HashMap<>();
    private final Map<String, Published> outcomes = new HashMap<>();
    private final Map<String, Published> endings = new HashMap<>();
    private final Map<String, List<String>> lines = new HashMap<>();
    private final Map<String, SubmitReply> answers = new HashMap<>();
    private final Map<String, Set<Kind>> notices = new HashMap<>();
    private final Map<String, Integer> letters = new HashMap<>();
    private final Set<String> over = new HashSet<>();

    private final Map<String, Wanted> cancelled = new HashMap<>();

    /** Requests for which a person made the same job within an attempt's window. */
    private final Set<String> mistakable = new HashSet<>();

    /**
     * A cancel that is on record since then. {@code letter} is what is told if it is impossible;
     * null if all was over when it came.
     */
    private record Wanted(Instant since, @Nullable String letter) {}

    /** An outcome as it was published: {@code says} is the job or the reason. */
    private record Published(Kind kind, String says, String content) {}

    Promises(World world) {
        this.world = world;
    }

    List<Intent> intents(String requestId) {
        return intents.getOrDefault(requestId, List.of());
    }

    Intent intent(String requestId, int number) {
        return intents(requestId).get(number - 1);
    }

    boolean isOver(String requestId) {
        return over.contains(requestId);
    }

    void onOver(String requestId) {
        over.add(requestId);
    }

    /** From now on it gets no new attempt. */
    void onCancelled(String requestId, DeadLetter letter) {
        var isOver = outcomes.containsKey(requestId) && !isFollowed(requestId);
        cancelled.put(requestId, new Wanted(world.now(), isOver ? null : letter.fingerprint()));
    }

    void onCancelAtAtlas(RestoreRequest request, String jobId) {
        var isAskedFor = cancelled.containsKey(request.id());
        expect(
                isAskedFor || isTwice(request.id()),
                "job %s of %s is cancelled, and nobody asked for that",
                jobId,
                request.id());
        if (!isAskedFor) {
            world.saw(Situation.SECOND_DOWNLOAD_CANCELLED);
        }
        expect(
                request.delivery().wipes().isEmpty(),
                "%s is to be cancelled, and cannot be",
                request.id());
    }

    /** It is on record, and whoever comes later onto the same target stands behind it. */
    void onOpened(RestoreRequest request) {
        request.delivery()
                .wipes()
                .ifPresent(
                        target ->
                                lines.computeIfAbsent(target.toString(), _ -> new ArrayList<>())
                                        .add(request.id()));
    }

    /** Whether it is looked for on, though its outcome is told. */
    private boolean isSought(String id) {
        var outcome = outcomes.get(id);
        return outcome != null
                && outcome.says().equals(Reason.OUTCOME_UNKNOWN.name())
                && !endings.containsKey(id);
    }

    /** Whether it is yet to be told what became of its job. */
    private boolean isFollowed(String id) {
        var outcome = outcomes.get(id);
        return isSought(id)
                || outcome != null
                        && outcome.kind() == Kind.JOB_CREATED
                        && !endings.containsKey(id);
    }

    private void checkLine(RestoreRequest request) {
        for (var earlier : lines.getOrDefault(target(request), List.of())) {
            if (earlier.equals(request.id())) {
                return;
            }
            expect(
                    isOver(earlier) && !isFollowed(earlier),
                    "%s is sent before %s, which came first onto the same target",
                    request.id(),
                    earlier);
        }
    }

    private static String target(RestoreRequest request) {
        return request.delivery().wipes().map(Object::toString).orElse("");
    }

    void onIntent(RestoreRequest request) {
        expect(
                !cancelled.containsKey(request.id()),
                "%s is to be sent, and was cancelled before",
                request.id());
        intents.computeIfAbsent(request.id(), _ -> new ArrayList<>())
                .add(new Intent(request, world.now()));
        if (equalsOf(request.content()).stream()
                .anyMatch(each -> !each.request.id().equals(request.id()) && each.isUndecided())) {
            world.saw(Situation.EQUAL_REQUEST_WHILE_UNDECIDED);
            world.wakeSome();
        }
        var unsure = world.now().minus(UNSURE);
        if (byPerson(request.content()).anyMatch(job -> job.madeAt().isAfter(unsure))) {
            mistakable.add(request.id());
        }
    }

    private List<Intent> equalsOf(Content content) {
        return intents.values().stream()
                .flatMap(List::stream)
                .filter(each -> each.request.content().asksForTheSameJob(content))
                .toList();
    }

    private Stream<Job> byPerson(Content content) {
        return world.atlas().jobs().stream()
                .filter(job -> job.by().equals(SimulatedAtlas.PERSON))
                .filter(job -> job.content().asksForTheSameJob(content));
    }

    /** Whether a job that a person makes now is in no attempt's window. */
    boolean isOutsideOfWindows(Content content) {
        return equalsOf(content).stream()
                .allMatch(each -> world.now().isAfter(windowEnd(each).plus(LATE_AND_SECONDS)));
    }

    private static Instant windowEnd(Intent intent) {
        var leaseEnd = intent.begunAt.plus(LEASE);
        return Optional.ofNullable(intent.endedAt).filter(leaseEnd::isAfter).orElse(leaseEnd);
    }

    /** The call is about to be written: whatever is not so now, no later rule can mend. */
    void onLastCheck(RestoreRequest request) {
        var id = request.id();
        var all = intents(id);
        expect(!all.isEmpty(), "%s is sent, and no intent stands in the ledger", id);
        expect(!world.isSendingPaused(), "%s is sent while sending is paused", id);
        checkLine(request);
        var since = Duration.between(all.getLast().begunAt, world.now());
        expect(
                since.compareTo(SEND_WITHIN) <= 0 || world.hasTwoFaultsOfClocks(),
                "%s is sent %s after its intent",
                id,
                since);
        var seenSince = world.now().minus(SEND_WITHIN);
        all.subList(0, all.size() - 1).stream()
                .filter(Intent::isUndecided)
                .findFirst()
                .ifPresent(
                        first ->
                                expect(
                                        byPerson(request.content())
                                                .filter(job -> job.madeAt().isAfter(first.begunAt))
                                                .noneMatch(
                                                        job ->
                                                                job.listedFrom()
                                                                        .isBefore(seenSince)),
                                        "%s goes out over what a person restored, which could be"
                                                + " seen",
                                        id));
    }

    void onWrite(RestoreRequest request) {
        var id = request.id();
        var times = writes.merge(id, 1, Integer::sum);
        expect(times <= intents(id).size(), "%s is sent more often than it was intended", id);
        expect(
                world.atlas().jobsOf(id).isEmpty() || world.profile().mayRestoreTwice(),
                "%s is sent although it has its job",
                id);
        var first = sent.putIfAbsent(id, request.content());
        expect(
                first == null || first.equals(request.content()),
                "two contents of %s reach Atlas",
                id);
        expect(
                !Wishes.PROTECTED.equals(request.content().targetClusterName()),
                "%s goes to a protected target",
                id);
        if (world.now().isAfter(intents(id).getLast().begunAt.plus(LEASE))) {
            world.saw(
                    isOver(id)
                            ? Situation.PAUSED_SENDER_WROTE_AFTER_THE_END
                            : Situation.PAUSED_SENDER_WROTE_AFTER_ITS_LEASE);
        }
    }

    void onJob(Job job) {
        var id = job.by();
        if (id.equals(SimulatedAtlas.PERSON)) {
            return;
        }
        if (isTwice(id)) {
            expect(world.profile().mayRestoreTwice(), "%s has two jobs", id);
            world.saw(Situation.RESTORED_TWICE_AS_ACCEPTED);
        }
        if (isDownload(job.content()) && !world.profile().wrongSource()) {
            checkQuota(job);
        }
        Optional.ofNullable(outcomes.get(id)).ifPresent(said -> checkJobless(id, said));
        Optional.ofNullable(endings.get(id)).ifPresent(said -> checkEnding(id, said));
    }

    /** Whether it has more than one job: who accepts that gives up what is promised of one. */
    private boolean isTwice(String id) {
        return world.atlas().jobsOf(id).size() > 1;
    }

    private static boolean isDownload(Content content) {
        return content.targetClusterName() == null;
    }

    /** What was given up as lost may come to life: of that nobody could know. */
    private void checkQuota(Job job) {
        var live =
                world.atlas().jobs().stream()
                        .filter(each -> !each.by().equals(SimulatedAtlas.PERSON))
                        .filter(each -> isDownload(each.content()))
                        .filter(each -> each.liveUntil().isAfter(world.now()))
                        .filter(each -> !isLost(each.by()) && !isTwice(each.by()))
                        .map(Job::content)
                        .toList();
        expect(
                live.size() <= world.profile().slots(),
                "%d downloads live, and only %d may",
                live.size(),
                world.profile().slots());
        expect(
                live.stream().filter(job.content()::equals).count()
                        <= world.profile().slotsOfSnapshot(),
                "too many downloads of one snapshot live: %s",
                job.content());
        if (live.size() == world.profile().slots()) {
            world.saw(Situation.ALL_SLOTS_HELD);
        }
    }

    private boolean isLost(String id) {
        var ending = endings.get(id);
        return ending != null && ending.says().equals(Ending.Kind.LOST.word());
    }

    /** An answer was told to the ledger. */
    void onAnswer(String requestId, SubmitReply reply) {
        if (!isOver(requestId) || isSought(requestId)) {
            answers.put(requestId, reply);
        }
    }

    void onPublished(OutgoingEvent event) {
        var key = Optional.ofNullable(event.key()).orElseThrow().text();
        world.note("published: %s %s", event.kind(), key);
        switch (event.kind()) {
            case JOB_CREATED, JOB_FAILED -> onOutcome(key, published(event));
            case JOB_FINISHED -> onEnding(key, published(event));
            case DEAD_LETTER ->
                    expect(letters.merge(key, 1, Integer::sum) == 1, "dead letter %s twice", key);
            default ->
                    expect(
                            notices.computeIfAbsent(key, _ -> new HashSet<>()).add(event.kind()),
                            "%s is told twice of %s",
                            event.kind(),
                            key);
        }
    }

    private static Published published(OutgoingEvent event) {
        return new Published(
                event.kind(),
                Optional.ofNullable(event.value()).orElseThrow().text(),
                Optional.ofNullable(event.headers().getFirst().value()).orElseThrow().text());
    }

    private void onOutcome(String id, Published outcome) {
        var before = outcomes.putIfAbsent(id, outcome);
        expect(before == null, "%s has two outcomes: %s and %s", id, before, outcome);
        checkCancelled(id, outcome);
        if (outcome.kind() == Kind.JOB_CREATED) {
            var isItsOwn =
                    world.atlas().jobsOf(id).stream()
                            .anyMatch(job -> job.listed().id().equals(outcome.says()));
            expect(
                    isItsOwn || mistakable.contains(id),
                    "%s is said to have job %s, which is not its own",
                    id,
                    outcome.says());
        } else {
            checkJobless(id, outcome);
        }
    }

    /** Nobody else's word is needed: each cancel is on record before it can have an effect. */
    private void checkCancelled(String id, Published outcome) {
        expect(
                !outcome.says().equals(Reason.CANCELLED.name()) || cancelled.containsKey(id),
                "%s is said to be cancelled, and nobody asked for that",
                id);
    }

    private void checkJobless(String id, Published outcome) {
        expect(
                outcome.kind() == Kind.JOB_CREATED
                        || outcome.says().equals(Reason.OUTCOME_UNKNOWN.name())
                        || world.atlas().jobsOf(id).isEmpty(),
                "%s is said to have no job (%s), and has one",
                id,
                outcome.says());
    }

    private void onEnding(String id, Published ending) {
        expect(isFollowed(id), "%s is told to have ended, and was not followed", id);
        endings.put(id, ending);
        checkEnding(id, ending);
    }

    private void checkEnding(String id, Published ending) {
        if (ending.says().equals(Ending.Kind.NOT_FOUND.word())) {
            expect(
                    world.atlas().jobsOf(id).isEmpty(),
                    "%s was told to have no job, and has one",
                    id);
        } else if (!ending.says().equals(Ending.Kind.LOST.word())) {
            expect(
                    mistakable.contains(id)
                            || world.atlas().jobsOf(id).stream()
                                    .anyMatch(job -> job.listed().id().equals(ending.says())),
                    "%s is said to have had job %s, which is not its own",
                    id,
                    ending.says());
        }
    }

    /** Whether every record that was acknowledged has come to its end. */
    boolean isAllDone() {
        return world.topic().acknowledged().stream()
                        .map(SimulatedRecord::requestId)
                        .allMatch(id -> outcomes.containsKey(id) && !isFollowed(id))
                && world.slotsHeld() == 0;
    }

    /** What must hold when all troubles are over. */
    void atTheEnd() {
        for (var record : world.topic().acknowledged()) {
            var id = record.requestId();
            var outcome = outcomes.get(id);
            if (outcome == null) {
                throw new AssertionError("%s is lost".formatted(id));
            }
            if (record.cancels()) {
                continue;
            }
            expect(!isFollowed(id), "what became of %s is never told", id);
            var isIts = outcome.content().equals(record.content().toString());
            expect(
                    letters.getOrDefault(record.fingerprint(), 0) == (isIts ? 0 : 1),
                    "the record at %s has the wrong number of dead letters",
                    record.origin());
            expect(
                    !world.profile().canAllBeKnown()
                            || !outcome.says().equals(Reason.OUTCOME_UNKNOWN.name()),
                    "%s ended as unknown, though all could be known",
                    id);
        }
        answers.forEach(this::checkKept);
        cancelled.forEach(this::checkCancel);
        expect(world.slotsHeld() == 0, "%d slots are held for ever", world.slotsHeld());
    }

    /** A download was over soon, and of what wipes a target it was said that it goes on. */
    private void checkCancel(String id, Wanted cancel) {
        if (cancel.letter() == null || mistakable.contains(id) || isTwice(id)) {
            return;
        }
        var outcome = outcomes.get(id);
        var isCreated = outcome != null && outcome.kind() == Kind.JOB_CREATED;
        for (var job : world.atlas().jobsOf(id)) {
            if (!isDownload(job.content())) {
                expect(
                        !isCreated || letters.getOrDefault(cancel.letter(), 0) == 1,
                        "of %s it is not told that it cannot be cancelled",
                        id);
                world.saw(Situation.NOT_CANCELLABLE);
            } else if (isCreated && !isLost(id)) {
                var last = Stream.of(cancel.since(), world.healedAt(), job.listedFrom());
                var soon = last.max(Instant::compareTo).orElseThrow().plus(CANCELLED_WITHIN);
                expect(
                        job.liveUntil().isBefore(soon),
                        "%s is cancelled, and its job lives until %s",
                        id,
                        job.liveUntil());
            }
        }
    }

    private void checkKept(String id, SubmitReply reply) {
        var outcome =
                Optional.ofNullable(outcomes.get(id))
                        .filter(said -> said.kind() == Kind.JOB_CREATED)
                        .or(() -> Optional.ofNullable(endings.get(id)))
                        .or(() -> Optional.ofNullable(outcomes.get(id)))
                        .orElseThrow();
        switch (reply) {
            case SubmitReply.Created(var jobId, _, _) ->
                    expect(
                            outcome.says().equals(jobId) || isTwice(id),
                            "the ledger was told that %s has job %s, and said %s",
                            id,
                            jobId,
                            outcome);
            case SubmitReply.Refused _ ->
                    expect(
                            outcome.kind() != Kind.JOB_CREATED,
                            "the ledger was told that %s is refused, and said %s",
                            id,
                            outcome);
            case SubmitReply.NotNow _, SubmitReply.Unknown _ -> {}
        }
    }

    private static void expect(boolean holds, String otherwise, Object... values) {
        if (!holds) {
            throw new AssertionError(otherwise.formatted(values));
        }
    }
}
