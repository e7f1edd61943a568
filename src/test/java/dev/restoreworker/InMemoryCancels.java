package dev.restoreworker;

import dev.restoreworker.InMemoryLedger.Row;
import dev.restoreworker.Ledger.Cancelled;
import dev.restoreworker.Ledger.Cancelling;
import dev.restoreworker.core.Cancel;
import dev.restoreworker.core.Cancel.Effect;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.RestoreRequest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The cancels, by the request that each is of. */
final class InMemoryCancels {

    private final Map<String, Row> rows;
    private final InMemoryWatches watches;
    private final Consumer<List<DeadLetter>> bury;
    private final Map<String, Cancel> cancels = new HashMap<>();
    private final Map<String, DeadLetter> letters = new HashMap<>();

    InMemoryCancels(
            Map<String, Row> rows, InMemoryWatches watches, Consumer<List<DeadLetter>> bury) {
        this.rows = rows;
        this.watches = watches;
        this.bury = bury;
    }

    @Nullable Cancel of(String requestId) {
        return cancels.get(requestId);
    }

    List<Cancelled> write(List<Cancelling> asked, Instant now) {
        return asked.stream().map(each -> write(each, now)).toList();
    }

    private Cancelled write(Cancelling asked, Instant now) {
        if (asked.reason() != null && asked.reason().contains("\0")) {
            return new Cancelled.Unstorable("no database stores this character");
        }
        var id = asked.requestId();
        var row = rows.get(id);
        var isFirst = !cancels.containsKey(id);
        if (isFirst) {
            cancels.put(id, new Cancel(now, asked.requestedBy(), asked.reason()));
        }
        if (row == null || row.open == null) {
            note(row, id);
            return new Cancelled.Noted(isFirst, Effect.atFirst(row != null, false, false, false));
        }
        var open = row.open;
        var hasJob = open.stage() instanceof Stage.Tracked;
        var wipes = open.request().delivery().wipes().isPresent();
        if (isFirst) {
            note(row, id);
            if (open.stage() instanceof Stage.Waiting) {
                row.open = row.with(open, open.version() + 1, open.stage(), now, now);
            }
            if (hasJob && !wipes) {
                watches.add(open.request().source(), now);
            }
            if (!hasJob && wipes) {
                letters.put(id, asked.notCancellable());
            }
        }
        var effect = Effect.atFirst(true, true, hasJob, wipes);
        if (effect == Effect.NOT_CANCELLABLE) {
            bury.accept(List.of(asked.notCancellable()));
        }
        return new Cancelled.Noted(isFirst, effect);
    }

    private void note(@Nullable Row row, String id) {
        if (row != null) {
            row.cancel = cancels.get(id);
        }
    }

    /** The request was just given a job. */
    void onJob(RestoreRequest request) {
        if (request.delivery().wipes().isPresent()) {
            Optional.ofNullable(letters.remove(request.id()))
                    .ifPresent(letter -> bury.accept(List.of(letter)));
        }
    }
}
