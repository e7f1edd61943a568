package dev.restoreworker.whole;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Up to three workers, which outlive what befalls one of them. Each has its own way to Atlas, and
 * all of them can be held by the one {@link #trap}.
 */
final class Fleet implements AutoCloseable {

    static final int MAX = 3;

    /** After that a worker that was stopped has lost its lease. */
    static final Duration LEASE = Duration.ofSeconds(5);

    private static final Duration START_MAX = Duration.ofMinutes(2); // on a busy machine
    private static final Path CLOCK_LIBRARIES = Path.of("/usr/lib");

    /** What a worker says whose clock is wrong, and nobody else. */
    static final String CLOCK_ALARM = "ALARM: nothing is sent while the clocks differ so";

    final Trap trap = new Trap();

    private final Path folder;
    private final Surroundings around;
    private final Path agent;
    private final List<Place> places = new ArrayList<>();
    private final List<WorkerProcess> all = new ArrayList<>();
    private final Set<WorkerProcess> misled = new HashSet<>();
    private volatile Function<HttpText, Mishap> weather = _ -> Mishap.NONE;

    /** Where one worker runs, or another in its place. */
    private final class Place {
        private final PointListener points;
        private final AtlasDoor door;
        private @Nullable WorkerProcess worker;

        Place(int number) {
            points = new PointListener(point -> trap.reached(number, point));
            door =
                    new AtlasDoor(
                            around.atlas.url(),
                            point -> trap.reached(number, point),
                            call -> weather.apply(call));
        }

        boolean isEmpty() {
            return worker == null || !worker.isAlive();
        }

        void fill(Map<String, String> more) {
            var environment = environment(door);
            environment.putAll(more);
            worker =
                    WorkerProcess.start(
                            folder, environment, "-javaagent:" + agent + "=" + points.port());
            all.add(worker);
        }
    }

    Fleet(Path folder, Surroundings around) {
        this.folder = folder;
        this.around = around;
        this.agent = AgentJar.in(folder);
        for (var number = 0; number < MAX; number++) {
            places.add(new Place(number));
        }
    }

    /** Short times, small batches and few calls at once, so that a fault finds all stages busy. */
    private Map<String, String> environment(AtlasDoor door) {
        var environment = around.hastyEnvironment();
        environment.put("ATLAS_URL", door.url().toString());
        environment.put("RESTORE_LEASE", LEASE.toString());
        // On a busy machine an intent takes its time after Atlas' clock was read.
        environment.put("RESTORE_LATE", "3s");
        environment.put("RESTORE_SETTLE", "6s");
        environment.put("RESTORE_IN_FLIGHT", "4");
        environment.put("RESTORE_DELAY_MIN", "200ms");
        environment.put("RESTORE_DELAY_MAX", "1s");
        environment.put("RESTORE_RELAY_LEASE", "2s");
        environment.put("RESTORE_RELAY_BATCH", "5");
        environment.put("MP_MESSAGING_INCOMING_RESTORE_REQUESTS_MAX_POLL_RECORDS", "10");
        environment.put("QUARKUS_DATASOURCE_JDBC_MAX_SIZE", "8");
        return environment;
    }

    /** When this returns so many workers run and are ready, and no more. */
    void ready(int count) {
        for (var number = 0; number < MAX; number++) {
            var place = places.get(number);
            if (number < count && place.isEmpty()) {
                place.fill(Map.of());
            } else if (number >= count && !place.isEmpty()) {
                end(number);
            }
        }
        places.stream().limit(count).forEach(place -> worker(place).awaitReady(START_MAX));
    }

    /** Ends the worker of this place and starts another there, with this {@link #clockOffBy}. */
    void replace(int number, Map<String, String> clock) {
        end(number);
        places.get(number).fill(clock);
        misled.add(worker(number));
        worker(number).awaitReady(START_MAX);
    }

    void end(int number) {
        if (!places.get(number).isEmpty()) {
            worker(number).terminate();
        }
    }

    void endAll() {
        for (var number = 0; number < MAX; number++) {
            end(number);
        }
    }

    WorkerProcess worker(int number) {
        return worker(places.get(number));
    }

    private static WorkerProcess worker(Place place) {
        if (place.worker == null) {
            throw new IllegalStateException("Nobody is there");
        }
        return place.worker;
    }

    /** What becomes of Atlas' answers from now on. */
    void weather(Function<HttpText, Mishap> newWeather) {
        weather = newWeather;
    }

    /** All that all of them ever wrote, but for the alarm of those whose clock was made wrong. */
    Stream<String> logs() {
        return all.stream()
                .map(
                        worker ->
                                misled.contains(worker)
                                        ? worker.log().replace(CLOCK_ALARM, "")
                                        : worker.log());
    }

    /** The ends of the logs of those that run, for a message. */
    String told() {
        var told = new StringBuilder(trap.toString());
        for (var place : places) {
            if (place.worker != null) {
                var log = place.worker.log();
                told.append("\n--- worker ").append(places.indexOf(place)).append(" ends with\n");
                told.append(log, Math.max(0, log.length() - 4_000), log.length());
            }
        }
        return told.toString();
    }

    /**
     * What makes a process believe in another time; empty where libfaketime is not installed. The
     * monotonic clock stays as it is: no worker's runs differently.
     */
    static Map<String, String> clockOffBy(String offset) {
        var environment = new HashMap<String, String>();
        clockLibrary()
                .ifPresent(
                        library ->
                                environment.putAll(
                                        Map.of(
                                                "LD_PRELOAD",
                                                library.toString(),
                                                "FAKETIME",
                                                offset,
                                                "FAKETIME_DONT_FAKE_MONOTONIC",
                                                "1",
                                                "DONT_FAKE_MONOTONIC",
                                                "1")));
        return environment;
    }

    private static Optional<Path> clockLibrary() {
        try (var found =
                Files.find(
                        CLOCK_LIBRARIES,
                        3,
                        (path, _) -> path.endsWith("faketime/libfaketimeMT.so.1"))) {
            return found.findFirst();
        } catch (IOException | UncheckedIOException _) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        trap.release();
        for (var place : places) {
            if (place.worker != null) {
                place.worker.close();
            }
            place.door.close();
            place.points.close();
        }
    }
}
