package dev.restoreworker.whole;

import static dev.restoreworker.whole.RequestJson.PROJECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.atlas.RestoreJob;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What anybody can see who is not the worker: the topics, read from their beginning by a reader who
 * takes only what is committed, and Atlas' own books.
 */
final class Outside implements AutoCloseable {

    private static final String UNKNOWN = "OUTCOME_UNKNOWN";

    /** What lets its reader in, or to the data. */
    private static final List<String> SECRETS =
            List.of(
                    SimulatorOptions.defaults().privateKey(),
                    "simulated-atlas.invalid",
                    "nonce=",
                    "response=\"");

    private final Surroundings around;
    private final Events events;

    /** What was counted in one cell. */
    record Tally(int requests, int jobs, int created, int unknown) {}

    Outside(Surroundings around) {
        this.around = around;
        this.events = Events.outcomes(around.bootstrapServers());
    }

    /** How many of these have an outcome, or more than one. */
    int decided(CellRequests requests) {
        return outcomes(requests).size();
    }

    /** Once all of them have one, and nothing waits to be published. */
    void await(CellRequests requests, Duration atMost, Fleet fleet) {
        Eventually.within(
                atMost,
                () -> "%d outcomes; %s".formatted(decided(requests), fleet.told()),
                () -> decided(requests) == CellRequests.COUNT && outbox() == 0);
    }

    private int outbox() {
        try (var connection = around.connection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select count(*) from outbox")) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Whatever is promised, of each of these requests. */
    Tally check(CellRequests requests) {
        var outcomes = outcomes(requests);
        var jobs =
                around.atlas.books().jobs(PROJECT, requests.cluster()).stream()
                        .collect(Collectors.groupingBy(job -> job.order().snapshotId() + ""));
        var faults = new ArrayList<String>();
        var unknown = 0;
        var created = 0;
        for (var number : IntStream.range(0, CellRequests.COUNT).toArray()) {
            var id = requests.id(number);
            var told = outcomes.getOrDefault(id, List.of());
            var made = jobs.getOrDefault(requests.snapshot(number), List.of());
            if (told.size() != 1) {
                faults.add("%s has %d outcomes: %s".formatted(id, told.size(), told));
            } else {
                unknown += isUnknown(told.getFirst()) ? 1 : 0;
                created += told.getFirst().topic().equals(Events.CREATED) ? 1 : 0;
                faults.addAll(untrue(told.getFirst(), made));
            }
            if (made.size() > 1) {
                faults.add("%s has %d jobs: %s".formatted(id, made.size(), made));
            }
        }
        assertThat(faults).as("what was promised and is not so").isEmpty();
        var count = jobs.values().stream().mapToInt(List::size).sum();
        return new Tally(CellRequests.COUNT, count, created, unknown);
    }

    private static boolean isUnknown(Events.Event event) {
        return event.topic().equals(Events.FAILED)
                && event.data().get("reason").asText().equals(UNKNOWN);
    }

    /** Where what was told is not what Atlas' books say. */
    private static List<String> untrue(Events.Event told, List<RestoreJob> made) {
        if (told.topic().equals(Events.CREATED)) {
            var named = told.data().get("jobId").asText();
            return made.stream().map(RestoreJob::id).toList().equals(List.of(named))
                    ? List.of()
                    : List.of("%s names job %s, and has %s".formatted(told.key(), named, made));
        }
        return isUnknown(told) || made.isEmpty()
                ? List.of()
                : List.of("%s, and it has %s".formatted(told, made));
    }

    private Map<String, List<Events.Event>> outcomes(CellRequests requests) {
        var ids = Set.copyOf(requests.ids());
        return events.all().stream()
                .filter(event -> !event.topic().equals(Events.DEAD))
                .filter(event -> ids.contains(event.key()))
                .collect(Collectors.groupingBy(Events.Event::key));
    }

    /** Nobody was told what is a secret, and nothing was called an alarm or a dead letter. */
    void checkWords(Stream<String> logs) {
        assertThat(logs)
                .allSatisfy(log -> assertThat(log).doesNotContain(SECRETS))
                .allSatisfy(log -> assertThat(log).doesNotContain("ALARM"));
        assertThat(events.all())
                .allSatisfy(event -> assertThat(event.value()).doesNotContain(SECRETS))
                .noneMatch(event -> event.topic().equals(Events.DEAD));
    }

    @Override
    public void close() {
        events.close();
    }
}
