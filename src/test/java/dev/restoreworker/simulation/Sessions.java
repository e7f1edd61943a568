package dev.restoreworker.simulation;

import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.LedgerEntry;
import java.util.HashMap;
import java.util.Map;

/** Which machine sent which attempt, as the ledger knows it by the sessions that workers hold. */
final class Sessions {

    private record Key(String requestId, int number) {}

    private final World world;
    private final Map<Key, Machine> senders = new HashMap<>();

    Sessions(World world) {
        this.world = world;
    }

    void begun(String requestId, int number, Machine sender) {
        senders.put(new Key(requestId, number), sender);
    }

    /** The entry, with what is known of its senders now: a session ends with its machine. */
    LedgerEntry asOfNow(LedgerEntry entry) {
        return entry.with(
                entry.attempts().stream()
                        .map(each -> each.withSenderGone(isGone(entry.request().id(), each)))
                        .toList());
    }

    private boolean isGone(String requestId, Attempt attempt) {
        var sender = senders.get(new Key(requestId, attempt.number()));
        var gone = attempt.undecided() && sender != null && sender.isGone();
        if (gone && !(attempt.state() instanceof Attempt.State.Closed)) {
            world.saw(Situation.SENDER_KNOWN_DEAD);
        }
        return gone;
    }
}
