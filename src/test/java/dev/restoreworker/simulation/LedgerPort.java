package dev.restoreworker.simulation;

import dev.restoreworker.DeadLetter;
import dev.restoreworker.Ledger;
import dev.restoreworker.LedgerUnavailableException;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.core.Decision;
import dev.restoreworker.core.Decision.AttemptChange;
import dev.restoreworker.core.JobMatcher.Rivals;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.ListedJob;
import dev.restoreworker.core.SourceCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The ledger as one worker reaches it: it may be away, or do a thing and not confirm it. */
final class LedgerPort implements Ledger {

    private final World world;
    private final Machine machine;
    private final Ledger ledger;
    private final Turns turns;

    LedgerPort(World world, Machine machine) {
        this.world = world;
        this.machine = machine;
        this.ledger = world.ledger();
        this.turns = new Turns(world, machine);
    }

    private <T> T call(Call call, Supplier<T> effect) {
        turns.step(call, false);
        if (world.isLedgerAway() || (machine.isCutOff() && world.hasTrouble())) {
            world.saw(Situation.LEDGER_AWAY);
            throw unavailable("the ledger is away");
        }
        var result = effect.get();
        world.relay();
        if (world.losesConfirmation()) {
            world.saw(Situation.CONFIRMATION_LOST);
            world.note("does not hear that %s was done", call);
            throw unavailable("it went away before it confirmed");
        }
        turns.step(call, true);
        return result;
    }

    private static LedgerUnavailableException unavailable(String why) {
        return new LedgerUnavailableException(why, new IllegalStateException(why));
    }

    @Override
    public List<Opened> open(List<Opening> openings) {
        return call(
                Call.OPEN,
                () -> {
                    var opened = ledger.open(openings);
                    for (var i = 0; i < opened.size(); i++) {
                        world.observer().onOpened(openings.get(i), opened.get(i));
                        if (opened.get(i) instanceof Opened.Fresh(var entry)
                                && !entry.attempts().isEmpty()) {
                            world.sessions().begun(entry.request().id(), 1, machine);
                        }
                    }
                    return opened;
                });
    }

    @Override
    public List<Cancelled> cancel(List<Cancelling> cancels) {
        return call(
                Call.CANCEL,
                () -> {
                    var met = new ArrayList<@Nullable Stage>();
                    cancels.forEach(cancel -> met.add(stage(cancel.requestId())));
                    var cancelled = ledger.cancel(cancels);
                    for (var i = 0; i < cancelled.size(); i++) {
                        world.observer().onCancelled(cancels.get(i), cancelled.get(i), met.get(i));
                    }
                    return cancelled;
                });
    }

    private @Nullable Stage stage(String requestId) {
        return ledger.find(requestId)
                .flatMap(history -> Optional.ofNullable(history.open()))
                .map(LedgerEntry::stage)
                .orElse(null);
    }

    @Override
    public List<LedgerEntry> claim(int max, Duration hold) {
        return call(
                Call.CLAIM,
                () -> {
                    var claimed =
                            ledger.claim(max, hold).stream()
                                    .map(world.sessions()::asOfNow)
                                    .toList();
                    for (var entry : claimed) {
                        world.note("claims %s", World.told(entry));
                    }
                    return claimed;
                });
    }

    @Override
    public Move move(LedgerEntry from, Decision decision, List<OutgoingEvent> events) {
        return call(
                Call.MOVE,
                () -> {
                    var move = ledger.move(from, decision, events);
                    world.observer().onMove(from, decision, move);
                    if (move instanceof Move.Moved(var entry)
                            && decision.change() instanceof AttemptChange.Begin) {
                        world.sessions()
                                .begun(entry.request().id(), entry.lastAttempt().number(), machine);
                    }
                    return move;
                });
    }

    @Override
    public Rivals rivals(LedgerEntry entry, List<String> jobIds) {
        return call(Call.RIVALS, () -> ledger.rivals(entry, jobIds));
    }

    @Override
    public List<Watch> claimWatches(int max, Duration hold) {
        return call(Call.WATCH, () -> ledger.claimWatches(max, hold));
    }

    @Override
    public void sight(SourceCluster cluster, List<ListedJob> downloads) {
        call(
                Call.REST, // what a lookout writes down after a list
                () -> {
                    world.saw(Situation.OTHERS_SEEN);
                    ledger.sight(cluster, downloads);
                    return cluster;
                });
    }

    @Override
    public void rest(Watch watch, Duration dueIn) {
        call(
                Call.REST,
                () -> {
                    ledger.rest(watch, dueIn);
                    return watch;
                });
    }

    @Override
    public Optional<History> find(String requestId) {
        return ledger.find(requestId);
    }

    @Override
    public ProjectSlots slots(String projectId, int max) {
        return ledger.slots(projectId, max);
    }

    @Override
    public Instant time() {
        return ledger.time();
    }

    @Override
    public int tidy(Duration retention, int max) {
        return ledger.tidy(retention, max);
    }

    @Override
    public void bury(List<DeadLetter> letters) {
        call(
                Call.BURY,
                () -> {
                    ledger.bury(letters);
                    return letters;
                });
    }
}
