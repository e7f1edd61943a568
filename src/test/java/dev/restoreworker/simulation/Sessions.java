package dev.restoreworker.simulation;

import dev.restoreworker.core.Attempt;
import dev.restoreworker.core.LedgerEntry;
import java.util.HashMap;
import java.util.Map;

/** In which session of which machine an attempt was sent, and whether that has ended. */
final class Sessions {

    private record Key(String requestId, int number) {}

    private record Sender(Machine machine, int session) {
        boolean isGone() {
            return machine.isGone() || machine.session() != session;
        }
    }

    private final World world;
    private final Map<Key, Sender> senders = new HashMap<>();

    Sessions(World world) {
        this.world = world;
    }

    void begun(String requestId, int number, Machine machine) {
        senders.put(new Key(requestId, number), new Sender(machine, machine.session()));
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
        if (sender == null || !sender.isGone() || !attempt.undecided()) {
            return false;
        }
        if (!(attempt.state() instanceof Attempt.State.Closed)) {
            world.saw(
                    sender.machine().isGone()
                            ? Situation.SENDER_KNOWN_DEAD
                            : Situation.SENDER_TAKEN_FOR_DEAD);
        }
        return true;
    }
}
