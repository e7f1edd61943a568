package dev.restoreworker;

import dev.restoreworker.InMemoryLedger.Row;
import dev.restoreworker.Ledger.Opening;
import dev.restoreworker.core.Delivery.Target;
import dev.restoreworker.core.LedgerEntry.Line;
import dev.restoreworker.core.LedgerEntry.Stage;
import dev.restoreworker.core.Outcome.JobCreated;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The lines before targets, looked up anew each time: rows stand in the order of their opening. */
final class InMemoryLine {

    private final Map<String, Row> rows;

    InMemoryLine(Map<String, Row> rows) {
        this.rows = rows;
    }

    /** The request that a new one repeats without leave; null if none. */
    @Nullable String repeated(Opening opening, Instant now) {
        var guard = opening.repeatGuard();
        if (guard == null || opening.start().wipes().isEmpty()) {
            return null;
        }
        var same =
                rows.values().stream()
                        .filter(row -> row.repeats == null)
                        .filter(row -> row.opening.content().equals(opening.content()))
                        .toList();
        return same.stream()
                .filter(row -> row.open != null)
                .findFirst()
                .or(
                        () ->
                                same.stream()
                                        .filter(row -> row.outcome instanceof JobCreated)
                                        .filter(row -> settled(row).isAfter(now.minus(guard)))
                                        .findFirst())
                .map(row -> row.opening.requestId())
                .orElse(null);
    }

    private static Instant settled(Row row) {
        return row.settledAt == null ? Instant.MIN : row.settledAt;
    }

    Line place(Row row) {
        if (row.repeats != null) {
            return new Line(null, row.repeats);
        }
        var target = row.opening.start().wipes();
        var first = target.isEmpty() ? row : first(target.get(), row);
        return first == row ? Line.FREE : new Line(first.opening.requestId(), null);
    }

    /** A row that settled is not live any more, and whoever is first by that is woken. */
    void leave(Row row, Instant now) {
        var target = row.opening.start().wipes();
        var wasFirst = place(row).equals(Line.FREE);
        row.open = null;
        if (target.isEmpty() || !wasFirst) {
            return;
        }
        line(target.get()).stream()
                .findFirst()
                .filter(next -> next.open != null && next.open.stage() instanceof Stage.Waiting)
                .ifPresent(
                        next -> {
                            var open = Objects.requireNonNull(next.open);
                            next.open = next.with(open, open.version() + 1, open.stage(), now, now);
                        });
    }

    private Row first(Target target, Row otherwise) {
        return line(target).stream().findFirst().orElse(otherwise);
    }

    private List<Row> line(Target target) {
        return rows.values().stream()
                .filter(row -> row.open != null && row.repeats == null)
                .filter(row -> row.opening.start().wipes().filter(target::equals).isPresent())
                .toList();
    }
}
