package dev.restoreworker;

import dev.restoreworker.InMemoryLedger.Row;
import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.core.Cancel;
import dev.restoreworker.core.Content;
import dev.restoreworker.core.RestoreRequest.Remarks;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Empties the rows of what is over for long. */
final class InMemoryPurge {

    private static final Content NOTHING =
            new Content(null, null, null, null, null, null, null, null, null);

    private InMemoryPurge() {}

    /** Returns how many were purged. */
    static int purge(Collection<Row> rows, Instant now, Duration retention, int max) {
        var over =
                rows.stream()
                        .filter(row -> row.open == null && row.purgedAt == null)
                        .filter(row -> isBefore(row.settledAt, now.minus(retention)))
                        .limit(max)
                        .toList();
        over.forEach(row -> purge(row, now));
        return over.size();
    }

    private static boolean isBefore(@Nullable Instant settledAt, Instant end) {
        return settledAt != null && settledAt.isBefore(end);
    }

    private static void purge(Row row, Instant now) {
        var was = row.opening;
        row.purgedAt = now;
        row.cancel = row.cancel == null ? null : new Cancel(row.cancel.at(), null, null);
        row.attempts.clear();
        row.duplicates.clear();
        row.outcome = row.outcome == null ? null : row.outcome.essence();
        row.opening =
                new Opening(
                        was.requestId(),
                        NOTHING,
                        Remarks.NONE,
                        was.origin(),
                        was.start(),
                        List.of(),
                        null,
                        null,
                        null);
    }
}
