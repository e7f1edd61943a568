package dev.restoreworker.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import dev.restoreworker.whole.Outside.Tally;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real workers between a real broker, a real database and the simulated Atlas, and all that can
 * befall them: each fault meets requests in all stages, and afterwards it is counted from outside
 * what became of them. {@code -Pmatrix} runs every cell, or those that {@code -Dmatrix.cells=}
 * matches, and writes their rows of the table in docs/promises.md.
 */
class ProcessMatrixIT {

    private static final boolean WHOLE = Boolean.getBoolean("matrix.whole");
    private static final String ASKED_FOR = System.getProperty("matrix.cells", ".*");
    private static final Duration ENDED_WITHIN = Duration.ofMinutes(2);

    @TempDir private static Path folder;

    private static final Map<Cell, Tally> RESULTS = new LinkedHashMap<>();
    private static final Map<Cell, CellRequests> REQUESTS = new LinkedHashMap<>();
    private static EmbeddedSurroundings around;
    private static Fleet fleet;
    private static Outside outside;

    static List<Cell> cells() {
        return WHOLE
                ? Cell.all().stream().filter(cell -> cell.toString().matches(ASKED_FOR)).toList()
                : Cell.fixed();
    }

    @BeforeAll
    static void start() {
        // Slow enough that calls are out when something happens.
        var options = SimulatorOptions.defaults().withLatency(Duration.ofMillis(50));
        around = EmbeddedSurroundings.start(folder, options);
        fleet = new Fleet(folder, around);
        outside = new Outside(around);
    }

    @ParameterizedTest
    @MethodSource("cells")
    @Timeout(value = 6, unit = TimeUnit.MINUTES)
    void each_request_has_one_outcome_that_is_true_and_at_most_one_job(Cell cell) {
        var requests = new CellRequests(Cell.all().indexOf(cell) + 1);
        REQUESTS.put(cell, requests);
        fleet.weather(_ -> Mishap.NONE);
        fleet.ready(cell.workers());

        try {
            cell.play(new Scene(around, fleet, outside, requests, cell.workers()));
        } finally {
            fleet.trap.release();
        }

        fleet.ready(cell.workers());
        outside.await(requests, ENDED_WITHIN, fleet);
        var tally = outside.check(requests);
        RESULTS.put(cell, tally);
        if (Boolean.getBoolean("matrix.write")) {
            MatrixTable.write(RESULTS);
        }
        System.out.printf("matrix: %s: %s%n", cell, tally);
        if (!cell.mayEndUnknown()) {
            assertThat(tally.unknown()).as("that ended as unknown").isZero();
        }
    }

    /** All over again: what was true after its own fault must be true after those of others. */
    @AfterAll
    static void end() {
        try (var _ = around;
                var _ = fleet;
                var _ = outside) {
            outside.checkWords(fleet.logs());
            try (var anew = new Outside(around)) {
                for (var each : REQUESTS.values()) {
                    anew.await(each, ENDED_WITHIN, fleet);
                    anew.check(each);
                }
            }
        }
    }
}
