package dev.restoreworker.simulation;

import dev.restoreworker.InMemoryLedger;
import dev.restoreworker.Ledger;
import dev.restoreworker.LedgerFixture;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.RestoreRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What all machines share: one true time, one Atlas, one ledger, one topic, and their troubles. */
final class World {

    private static final Duration RELAY_LEASE = Duration.ofDays(365);
    private static final Duration QUICK = Duration.ofMillis(60);
    private static final Duration SLOW = Duration.ofSeconds(8);

    private final Profile profile;
    private final Chance chance;
    private final Scheduler scheduler;
    private final Journal journal;
    private final Tally tally = new Tally();
    private final Promises promises = new Promises(this);
    private final Observer observer = new Observer(this);
    private final Sessions sessions = new Sessions(this);
    private final SimulatedAtlas atlas;
    private final InMemoryLedger ledger;
    private final Topic topic;
    private final List<Machine> machines = new ArrayList<>();
    private final Set<String> tempted = new HashSet<>();
    private Duration ledgerAhead;
    private Instant ledgerBackAt = Instant.MIN;
    private Instant sendingPausedUntil = Instant.MIN;
    private Instant healedAt = Instant.MAX;
    private int deathsLeft;
    private int pausesLeft;
    private boolean troubled = true;

    World(Profile profile, Chance chance, Scheduler scheduler, Journal journal) {
        this.profile = profile;
        this.chance = chance;
        this.scheduler = scheduler;
        this.journal = journal;
        this.deathsLeft = profile.deaths();
        this.pausesLeft = profile.pauses();
        this.ledgerAhead = chance.around(Duration.ofMinutes(5));
        this.ledger =
                new InMemoryLedger(
                        () -> scheduler.now().plus(ledgerAhead),
                        LedgerFixture.quota(profile.slots(), profile.slotsOfSnapshot()));
        this.atlas = new SimulatedAtlas(this);
        this.topic = new Topic(this);
    }

    Profile profile() {
        return profile;
    }

    Chance chance() {
        return chance;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Tally tally() {
        return tally;
    }

    Promises promises() {
        return promises;
    }

    Observer observer() {
        return observer;
    }

    Sessions sessions() {
        return sessions;
    }

    SimulatedAtlas atlas() {
        return atlas;
    }

    Ledger ledger() {
        return ledger;
    }

    /** How many downloads hold a slot. */
    long slotsHeld() {
        return ledger.slotsHeld();
    }

    Topic topic() {
        return topic;
    }

    Instant now() {
        return scheduler.now();
    }

    void pass(Duration time) {
        scheduler.pass(time);
    }

    void after(Duration time, Runnable action) {
        scheduler.at(now().plus(time), action);
    }

    void saw(Situation situation) {
        tally.saw(situation);
    }

    void note(String format, Object... values) {
        journal.note(format, values);
    }

    static String told(LedgerEntry entry) {
        return "%s (version %d, %s, %d attempts)"
                .formatted(
                        entry.request().id(),
                        entry.version(),
                        entry.stage(),
                        entry.attempts().size());
    }

    /** How long a step takes. */
    Duration latency() {
        var most = profile.slow() && troubled && chance.oneIn(8) ? SLOW : QUICK;
        return chance.between(Duration.ZERO, most);
    }

    /** How long until something that was put off is due, or some seconds if nothing is. */
    Duration untilDue() {
        return topic.requestIds().stream()
                .flatMap(id -> ledger.find(id).stream())
                .flatMap(history -> Stream.ofNullable(history.open()))
                .filter(open -> !open.dueAt().equals(LedgerEntry.NEVER))
                .map(open -> Duration.between(open.asOf(), open.dueAt()))
                .min(Duration::compareTo)
                .orElse(Duration.ofMinutes(1));
    }

    /** How long until a cluster's jobs are to be listed, or some time if none are. */
    Duration untilWatch() {
        return ledger.nextWatch()
                .map(due -> Duration.between(ledger.time(), due))
                .filter(left -> !left.isNegative())
                .orElse(Duration.ofMinutes(1));
    }

    // Troubles.

    boolean hasTrouble() {
        return troubled;
    }

    /** From now on all goes well; what stands still wakes up in its own time. */
    void heal() {
        note("all troubles are over");
        healedAt = now();
        troubled = false;
        ledgerBackAt = Instant.MIN;
        sendingPausedUntil = Instant.MIN;
    }

    /** Since when all goes well. */
    Instant healedAt() {
        return healedAt;
    }

    /** Where it seldom comes to a call, death comes the more often. */
    boolean mayDie(Call call) {
        var dies = troubled && deathsLeft > 0 && chance.oneIn(call == Call.CANCEL_JOB ? 8 : 40);
        deathsLeft -= dies ? 1 : 0;
        return dies;
    }

    void death(Machine machine, Call call, boolean after) {
        note("%s dies, %s %s", machine.name(), after ? "after" : "before", call);
        tally.death(call, after);
        machine.die();
    }

    /** Between the last check and the write it matters most. */
    boolean mayPause(Call call) {
        var pauses = troubled && pausesLeft > 0 && chance.oneIn(call == Call.WRITE ? 6 : 40);
        pausesLeft -= pauses ? 1 : 0;
        return pauses;
    }

    boolean maySetClock() {
        return profile.clocks() && troubled && chance.oneIn(60);
    }

    /** A suspended machine whose clock is set back as well cannot know how long it was. */
    boolean hasTwoFaultsOfClocks() {
        return profile.clocks() && profile.pauses() > 0;
    }

    boolean isLedgerAway() {
        return ledgerBackAt.isAfter(now());
    }

    void ledgerGoesAway(Duration time) {
        note("the ledger goes away for %s", time);
        ledgerBackAt = now().plus(time);
    }

    boolean losesConfirmation() {
        return profile.ledgerAway() && troubled && chance.oneIn(40);
    }

    void setLedgerClock(Duration by) {
        note("the ledger's clock is set by %s", by);
        saw(Situation.LEDGER_CLOCK_SET);
        ledgerAhead = ledgerAhead.plus(by);
    }

    boolean isSendingPaused() {
        return sendingPausedUntil.isAfter(now());
    }

    void pauseSending(Duration time) {
        note("an operator pauses sending for %s", time);
        saw(Situation.SENDING_PAUSED);
        sendingPausedUntil = now().plus(time);
    }

    /** A person waits in vain for a request whose answer was lost, and does it herself. */
    void tempt(RestoreRequest request, Duration soonest, Duration latest) {
        if (profile.samePerson() && troubled && chance.oneIn(2) && tempted.add(request.id())) {
            after(chance.between(soonest, latest), () -> restoreByHand(request));
        }
    }

    private void restoreByHand(RestoreRequest request) {
        if (promises.isOutsideOfWindows(request.content())) {
            saw(Situation.PERSON_MADE_THE_SAME);
            atlas.make(request, SimulatedAtlas.PERSON);
        }
    }

    /** Something else is restored by hand, from the same cluster. */
    void restoreAnother(RestoreRequest other) {
        saw(Situation.PERSON_MADE_ANOTHER);
        atlas.make(other, SimulatedAtlas.PERSON);
    }

    /** What was decided is published at once: how it gets to the topic is shown elsewhere. */
    void relay() {
        var outbox = ledger.outbox();
        outbox.lead("relay", RELAY_LEASE);
        var batch = outbox.prepare("relay", Integer.MAX_VALUE);
        if (!batch.events().isEmpty()) {
            outbox.published(batch.number());
            batch.events().forEach(pending -> promises.onPublished(pending.event()));
        }
    }

    /** Paused senders are most dangerous when somebody else asks for the same. */
    void wakeSome() {
        machines.stream()
                .filter(Machine::isFrozen)
                .filter(_ -> chance.oneIn(2))
                .forEach(each -> each.wake(chance.between(Duration.ZERO, Duration.ofSeconds(20))));
    }

    void add(Machine machine) {
        machines.add(machine);
    }

    /** Whether a machine is still to wake up. */
    boolean isAnyFrozen() {
        return machines.stream().anyMatch(each -> !each.isGone() && each.isFrozen());
    }

    boolean isAnyAwake() {
        return machines.stream().anyMatch(each -> !each.isGone() && !each.isFrozen());
    }
}
