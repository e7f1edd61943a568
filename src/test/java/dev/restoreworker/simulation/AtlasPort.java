package dev.restoreworker.simulation;

import dev.restoreworker.AtlasBackups;
import dev.restoreworker.atlas.MeasuredClock;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.SubmitReply;
import dev.restoreworker.core.SubmitReply.NotNow;
import dev.restoreworker.core.SubmitReply.Unknown;
import dev.restoreworker.core.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Atlas as one worker reaches it: what {@code AtlasClient} promises, and no more.
 *
 * <p>The last check is asked when the connection is there; then the call is written at once, unless
 * the machine stands still between the two. When the call is over nothing more of it is written,
 * but what was may take effect up to {@code late} afterwards.
 */
final class AtlasPort implements AtlasBackups {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration NONCE_REUSE = Duration.ofSeconds(30);

    /** {@code restore.late} is 10 s, of which the seconds of Atlas' clock take some. */
    private static final Duration LATE = Duration.ofSeconds(6);

    /** A create call that was written. */
    private static final class Written {
        @Nullable SubmitReply answer;
    }

    private final World world;
    private final MeasuredClock clock;
    private final Turns turns;

    AtlasPort(World world, Machine machine) {
        this.world = world;
        this.clock = new MeasuredClock(machine, machine::nanos);
        this.turns = new Turns(world, machine);
    }

    @Override
    public Optional<Instant> ready(String projectId) {
        return clock.earliest(NONCE_REUSE);
    }

    /** Nobody asks for it here. */
    @Override
    public Optional<NotNow> obstacle(String projectId) {
        return Optional.empty();
    }

    @Override
    public Readiness prepare(RestoreRequest request) {
        var known = clock.earliest(NONCE_REUSE);
        if (known.isPresent()) {
            return new Readiness.Ready(known.get());
        }
        var read =
                turns.call(
                        Call.PREPARE,
                        () -> {
                            var sent = clock.now();
                            world.pass(world.latency());
                            var date = world.atlas().date();
                            world.pass(world.latency());
                            clock.observe(date, sent);
                            return clock.earliest(NONCE_REUSE);
                        });
        return read.<Readiness>map(Readiness.Ready::new)
                .orElseGet(() -> new Readiness.Unready(notSent("the read took too long")));
    }

    @Override
    public SubmitReply submit(RestoreRequest request, LastCheck lastCheck) {
        turns.step(Call.CONNECT, false);
        if (world.hasTrouble() && world.chance().oneIn(20)) {
            world.saw(Situation.CONNECTION_REFUSED);
            world.note("connection refused for %s", request.id());
            return notSent("connection refused");
        }
        turns.step(Call.CONNECT, true);
        if (world.hasTrouble() && world.chance().oneIn(20)) {
            // Not carried out for want of a new nonce: both legs pass the check.
            var objection = check(request, lastCheck);
            if (objection.isPresent()) {
                return objection.get();
            }
            world.saw(Situation.SECOND_LEG);
            world.pass(world.latency());
        }
        return check(request, lastCheck)
                .<SubmitReply>map(why -> why)
                .orElseGet(() -> send(request));
    }

    private Optional<NotNow> check(RestoreRequest request, LastCheck lastCheck) {
        var objection = lastCheck.objection();
        objection.ifPresent(why -> world.note("not sent, %s: %s", request.id(), why.detail()));
        if (objection.isEmpty()) {
            world.promises().onLastCheck(request);
        } else if (objection.get().detail().contains("send-within")) {
            world.saw(Situation.BUDGET_SPENT);
        } else if (objection.get().detail().contains("going down")) {
            world.saw(Situation.INTENT_GIVEN_BACK);
        }
        return objection;
    }

    private SubmitReply send(RestoreRequest request) {
        var passed = world.now();
        turns.step(Call.WRITE, false);
        if (world.now().isAfter(passed.plusSeconds(1))) {
            world.saw(Situation.PAUSED_BETWEEN_CHECK_AND_WRITE);
        }
        world.note("writes the create call of %s", request.id());
        world.promises().onWrite(request);
        var written = new Written();
        var lost = world.hasTrouble() && world.chance().percent(world.profile().lost());
        var reply = lost ? lose(request, written) : hear(request, written);
        world.note("%s: %s", request.id(), reply);
        return reply;
    }

    private SubmitReply hear(RestoreRequest request, Written written) {
        var answeredIn = world.latency();
        var writtenAt = world.now();
        world.after(answeredIn, () -> written.answer = world.atlas().create(request));
        var sent = clock.now();
        turns.step(Call.WRITE, true);
        world.pass(answeredIn.plusMillis(1));
        turns.step(Call.ANSWER, false);
        if (world.now().isAfter(writtenAt.plus(TIMEOUT)) && world.chance().oneIn(2)) {
            return new Unknown("no answer in " + TIMEOUT); // it lies in the socket, and is not read
        }
        clock.observe(world.atlas().date(), sent);
        turns.step(Call.ANSWER, true);
        return Optional.ofNullable(written.answer).orElseThrow();
    }

    /** No answer comes: the call was carried out, or is yet to be, or never is. */
    private SubmitReply lose(RestoreRequest request, Written written) {
        var chance = world.chance();
        var ends = chance.oneIn(2) ? TIMEOUT : chance.between(Duration.ZERO, TIMEOUT);
        if (chance.oneIn(2)) {
            var isLate = chance.oneIn(3);
            var effect =
                    isLate
                            ? ends.plus(chance.between(Duration.ZERO, LATE))
                            : chance.between(Duration.ZERO, ends);
            if (isLate) {
                world.saw(Situation.JOB_MADE_AFTER_THE_END);
            }
            world.saw(Situation.ANSWER_LOST_AND_JOB_MADE);
            world.after(effect, () -> written.answer = world.atlas().create(request));
        } else {
            world.saw(Situation.ANSWER_LOST_AND_NO_JOB);
        }
        turns.step(Call.WRITE, true);
        world.pass(ends);
        return new Unknown(ends.equals(TIMEOUT) ? "no answer in " + TIMEOUT : "connection closed");
    }

    @Override
    public Listing jobs(SourceCluster cluster, Instant since) {
        return turns.call(Call.LIST, () -> look(cluster, since));
    }

    private Listing look(SourceCluster cluster, Instant since) {
        world.pass(world.latency());
        var jobs = world.atlas().list(cluster, since);
        world.pass(world.latency());
        if (isBlind()) {
            world.saw(Situation.LOOK_FAILED);
            world.note("sees nothing of %s", cluster.clusterName());
            return new Listing.Unseen(notSent("the list could not be read"));
        }
        world.note("looks at %s and sees %d jobs", cluster.clusterName(), jobs.size());
        return new Listing.Listed(jobs);
    }

    @Override
    public Proof proveSource(RestoreRequest request) {
        return turns.call(Call.PROVE, () -> prove(request));
    }

    private Proof prove(RestoreRequest request) {
        world.pass(world.latency());
        if (isBlind()) {
            world.note("does not see the snapshot of %s", request.id());
            return new Proof.Unseen(notSent("the snapshot could not be read"));
        }
        var proven = !world.atlas().isWrongSource(request);
        if (!proven) {
            world.saw(Situation.SOURCE_NOT_PROVEN);
        }
        return new Proof.Known(proven);
    }

    private boolean isBlind() {
        return world.hasTrouble() && world.chance().percent(world.profile().blind());
    }

    @Override
    public Cancellation cancel(RestoreRequest request, String jobId) {
        world.promises().onCancelAtAtlas(request, jobId);
        return turns.call(Call.CANCEL_JOB, () -> cancel(jobId));
    }

    private Cancellation cancel(String jobId) {
        world.pass(world.latency());
        if (isBlind()) {
            world.saw(Situation.CANCEL_FAILED);
            return new Cancellation.NotCancelled(notSent("nothing was heard of it"));
        }
        world.atlas().cancel(jobId);
        world.note("cancels job %s", jobId);
        return new Cancellation.Cancelled();
    }

    private static NotNow notSent(String why) {
        return NotNow.notSent(WaitsFor.ATLAS, why);
    }
}
