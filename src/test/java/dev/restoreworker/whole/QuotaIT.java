package dev.restoreworker.whole;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.restoreworker.contract.Schemas;
import dev.restoreworker.sandbox.atlas.Delivery;
import dev.restoreworker.sandbox.atlas.JobOrder;
import dev.restoreworker.sandbox.atlas.Limits;
import dev.restoreworker.sandbox.atlas.Peaks;
import dev.restoreworker.sandbox.atlas.RestoreJob;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import dev.restoreworker.whole.Makespan.Taken;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * More downloads than may live at once, asked for of three workers: by Atlas' own books the limits
 * are never broken, whether Atlas enforces them or not, and in the end no slot is held. Speed is
 * printed, beside what the limits allow. {@code -Pquota} asks for as many as a large fleet does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuotaIT {

    private static final int WORKERS = 3;
    private static final String CLUSTER = "orders";

    /** Both what Atlas lets live in a project and what the workers are told. */
    private static final int SLOTS = Integer.getInteger("quota.slots", 4);

    private static final int PROJECTS = Integer.getInteger("quota.projects", 2);
    private static final int DOWNLOADS = Integer.getInteger("quota.downloads", 48);
    private static final int SNAPSHOTS = Integer.getInteger("quota.snapshots", 14);

    /** How long a job is prepared, and then waits to be fetched. */
    private static final Duration HALF_LIFE =
            Duration.ofMillis(Integer.getInteger("quota.half.life.millis", 1_000));

    private static final Duration TRACK_EVERY =
            Duration.ofMillis(Integer.getInteger("quota.track.every.millis", 100));

    private static final Duration PATIENCE =
            Duration.ofMinutes(
                    Integer.getInteger("quota.patience.minutes", 5)); // a time-out, and no claim
    private static final MarkedTable TABLE =
            new MarkedTable(
                    "quota",
                    """
                    | Atlas | downloads | unknown | at once in a project | of a snapshot | took | least possible | ratio | lists |
                    |---|--:|--:|--:|--:|--:|--:|--:|--:|
                    """);
    private static final Map<String, String> RESULTS = new HashMap<>();

    /** What goes wrong besides: of a hundred calls, so many of each. */
    private static final String FAULTS =
            """
            {"seed": 7, "rules": [
              {"when": {"call": "create", "probability": 0.05}, "then": {"reply": "reset"}},
              {"when": {"call": "create", "probability": 0.05}, "then": {"reply": {"status": 500}}},
              {"when": {"call": ["create", "list"], "probability": 0.05}, "then": {"delay": "PT0.5S"}},
              {"when": {"call": ["create", "list"], "probability": 0.05}, "then": {"cutAfter": 20}},
              {"when": {"call": ["create", "list"], "probability": 0.05}, "then": {"garble": true}}]}
            """;

    @TempDir private static Path folder;

    private final List<WorkerProcess> workers = new ArrayList<>();
    private final Random random = new Random(7);
    private EmbeddedSurroundings around;
    private Events outcomes;
    private Events endings;
    private int asked;

    @BeforeAll
    void start() {
        var options =
                SimulatorOptions.defaults()
                        .withLifecycle(HALF_LIFE, HALF_LIFE, Duration.ofHours(1))
                        .withLinkUsedAfter(HALF_LIFE);
        around = EmbeddedSurroundings.start(folder, options);
        outcomes = Events.outcomes(around.bootstrapServers());
        endings = Events.endings(around.bootstrapServers());
        IntStream.range(0, WORKERS)
                .forEach(_ -> workers.add(WorkerProcess.start(folder, environment())));
        workers.forEach(WorkerProcess::awaitReady);
    }

    @AfterAll
    void end() {
        workers.forEach(WorkerProcess::close);
        endings.close();
        outcomes.close();
        around.close();
    }

    private Map<String, String> environment() {
        var environment = around.hastyEnvironment();
        environment.put("RESTORE_QUOTA_DOWNLOADS_PER_PROJECT", Integer.toString(SLOTS));
        environment.put("RESTORE_QUOTA_DOWNLOADS_PER_SNAPSHOT", "1");
        environment.put("RESTORE_TRACK_EVERY", TRACK_EVERY.toString());
        environment.put("RESTORE_SWEEP", "50ms");
        environment.put("ATLAS_TIMEOUT", "5s"); // a busy machine
        environment.put("RESTORE_SETTLE", "8s");
        environment.put("RESTORE_LEASE", "20s");
        environment.put("RESTORE_LOOK_FOR", "20s"); // what stays unknown holds its slot so long
        environment.put("RESTORE_DELAY_MIN", "200ms");
        environment.put("RESTORE_DELAY_MAX", "1s");
        return environment;
    }

    @Test
    void the_limits_hold_where_atlas_enforces_nothing() {
        around.atlas.limit(new Limits(false, SLOTS));
        runBesidePeople(Run.COUNTED);
    }

    @Test
    void the_limits_hold_where_atlas_refuses_what_is_beyond_them() {
        around.atlas.limit(new Limits(true, SLOTS));
        runBesidePeople(Run.ENFORCED);
    }

    @Test
    void nothing_is_wasted_where_nothing_goes_wrong() {
        around.atlas.limit(new Limits(true, SLOTS));
        var lists = run(Run.QUIET);

        assertThat(around.atlas.books().summary().creates())
                .as("nobody knocks where there is no room")
                .isEqualTo(DOWNLOADS);
        assertThat(lists)
                .as("lists for each cluster and interval")
                .isLessThanOrEqualTo(1.0 + 1.0 / 20); // and the first of each
    }

    /** People download and cancel, too, and of a hundred calls some go wrong. */
    private void runBesidePeople(Run run) {
        around.atlas.faults().put(FAULTS);
        try (var people = Executors.newSingleThreadScheduledExecutor()) {
            visit(people);
            run(run);
            people.shutdownNow();
        } finally {
            around.atlas.faults().put("{}");
        }
    }

    /** What is done; the order is that of the table in docs/promises.md. */
    private enum Run {
        COUNTED("enforces no limit; people download, and calls go wrong"),
        ENFORCED("enforces them; people download, and calls go wrong"),
        QUIET("enforces them; nobody else, and nothing goes wrong");

        private final String words;

        Run(String words) {
            this.words = words;
        }

        String row() {
            return "| " + words + " |";
        }
    }

    /** Returns how many lists there were for each cluster and interval. */
    private double run(Run run) {
        around.atlas.books().reset();
        var told = outcomes.all().size();
        var begun = Instant.now();
        var start = System.nanoTime();
        send();

        Eventually.within(PATIENCE, this::state, () -> outcomes.all().size() >= told + DOWNLOADS);
        projects().forEach(this::awaitAllFree);
        var seconds = (System.nanoTime() - start) / 1e9;

        var peaks = around.atlas.books().peaks();
        assertThat(peaks.projects().values())
                .as("live downloads of ours in a project")
                .allSatisfy(peak -> assertThat(peak.byCalls()).isLessThanOrEqualTo(SLOTS));
        assertThat(peaks.snapshots().values())
                .as("live downloads of ours of a snapshot")
                .allSatisfy(peak -> assertThat(peak.byCalls()).isLessThanOrEqualTo(1));
        var events = outcomes.all().subList(told, told + DOWNLOADS);
        var unknown = unknown(events);
        assertThat(around.atlas.books().jobs().stream().filter(job -> job.call() != 0))
                .as("one job each, but where nobody can know")
                .hasSizeBetween(DOWNLOADS - unknown - persons(events), DOWNLOADS);
        Eventually.within(
                PATIENCE,
                () -> "the end of each job is told, but " + endings.all().size(),
                () -> endings.all().size() >= asked);
        var bound = bound(begun).toMillis() / 1e3;
        var lists = lists() / (PROJECTS * seconds * 1_000 / TRACK_EVERY.toMillis());
        RESULTS.put(
                run.row(),
                String.format(
                        Locale.ROOT,
                        " %d | %d | %d | %d | %.1f s | %.1f s | %.2f | %.2f |",
                        DOWNLOADS,
                        unknown,
                        most(peaks.projects()),
                        most(peaks.snapshots()),
                        seconds,
                        bound,
                        seconds / bound,
                        lists));
        System.out.println(TABLE.head() + run.row() + RESULTS.get(run.row()));
        if (Boolean.getBoolean("quota.write")) {
            TABLE.write(Arrays.stream(Run.values()).map(Run::row).toList(), RESULTS);
        }
        return lists;
    }

    private static int most(Map<String, Peaks.Peak> peaks) {
        return peaks.values().stream().mapToInt(Peaks.Peak::byCalls).max().orElse(0);
    }

    /** A person's download of the same snapshot may not be told from that of a lost answer. */
    private static int unknown(List<Events.Event> events) {
        var failed = events.stream().filter(event -> event.topic().equals(Events.FAILED)).toList();
        assertThat(failed)
                .allSatisfy(
                        event ->
                                assertThat(event.data().get("reason").asText())
                                        .isEqualTo("OUTCOME_UNKNOWN"));
        failed.forEach(event -> System.out.println("unknown: " + event.value()));
        return failed.size();
    }

    /** How many were given a person's job, made of the same snapshot while theirs was lost. */
    private int persons(List<Events.Event> events) {
        var named =
                events.stream()
                        .filter(event -> event.topic().equals(Events.CREATED))
                        .map(event -> event.data().get("jobId").asText())
                        .toList();
        var all = around.atlas.books().jobs().stream().map(RestoreJob::id).toList();
        assertThat(named).as("jobs that were told").doesNotHaveDuplicates().isSubsetOf(all);
        var persons =
                around.atlas.books().jobs().stream()
                        .filter(job -> job.call() == 0 && named.contains(job.id()))
                        .toList();
        persons.forEach(job -> System.out.println("a person's job was told: " + job));
        return persons.size();
    }

    /** For whoever has to find out why it does not go on. */
    private String state() {
        return "all outcomes, but there are %d, %s%n%s%n%s"
                .formatted(
                        count(outcomes, Events.CREATED),
                        outcomes.all().stream()
                                .filter(event -> event.topic().equals(Events.FAILED))
                                .map(Events.Event::value)
                                .toList(),
                        projects().stream().map(this::slots).toList(),
                        workers.stream()
                                .map(WorkerProcess::log)
                                .map(log -> log.substring(Math.max(0, log.length() - 20_000)))
                                .toList());
    }

    /** Whole lists, and not the reads that make a credential ready. */
    private long lists() {
        return around.atlas.books().calls().stream()
                .filter(call -> call.query().contains("pageNum=1"))
                .count();
    }

    private static long count(Events events, String topic) {
        return events.all().stream().filter(event -> event.topic().equals(topic)).count();
    }

    private static List<String> projects() {
        return IntStream.range(0, PROJECTS).mapToObj(QuotaIT::project).toList();
    }

    private static String project(int number) {
        return "5e2211c17a3e5a48f549%04x".formatted(number);
    }

    /**
     * Those of one project are spread evenly over its snapshots, as the others', and come in order:
     * in another one some snapshots would be left for the end, and slots be idle for want of
     * others.
     */
    private void send() {
        for (var i = 0; i < DOWNLOADS; i++) {
            var project = project(i % PROJECTS);
            var value =
                    """
                    {"requestId": "quota-%d", "projectId": "%s", "clusterName": "%s",
                     "deliveryType": "download", "snapshotId": "%s"}
                    """
                            .formatted(
                                    asked++,
                                    project,
                                    CLUSTER,
                                    snapshot(i % PROJECTS, i / PROJECTS));
            around.send(
                    new ProducerRecord<>(
                            Surroundings.REQUESTS, project.getBytes(UTF_8), value.getBytes(UTF_8)));
        }
        around.flush();
    }

    private static String snapshot(int project, int number) {
        return "5e4e593f70dfbf1010%02x%04x".formatted(project, number % (SNAPSHOTS / PROJECTS));
    }

    /** What the fullest project needs, and the snapshot that is asked for most often. */
    private Duration bound(Instant start) {
        var ofProject = Math.ceilDiv(DOWNLOADS, PROJECTS);
        var ofSnapshot = Math.ceilDiv(ofProject, SNAPSHOTS / PROJECTS);
        var life = HALF_LIFE.multipliedBy(2);
        var people = around.atlas.books().jobs().stream().filter(job -> job.call() == 0).toList();
        return Stream.concat(
                        bounds(
                                new Makespan(SLOTS, life),
                                ofProject,
                                people,
                                start,
                                RestoreJob::project),
                        bounds(new Makespan(1, life), ofSnapshot, people, start, QuotaIT::snapshot))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static Stream<Duration> bounds(
            Makespan makespan,
            int downloads,
            List<RestoreJob> people,
            Instant start,
            Function<RestoreJob, String> room) {
        var taken =
                people.stream()
                        .collect(
                                Collectors.groupingBy(
                                        room,
                                        Collectors.mapping(
                                                job -> new Taken(job.createdAt(), job.overAt()),
                                                Collectors.toList())));
        return Stream.concat(
                Stream.of(makespan.alone(downloads)),
                taken.values().stream().map(others -> makespan.beside(others, downloads, start)));
    }

    private static String snapshot(RestoreJob job) {
        return job.project() + "/" + job.order().snapshotId();
    }

    /** People download something now and then, and change their minds. */
    private void visit(ScheduledExecutorService people) {
        var period = HALF_LIFE.toMillis() / 2;
        people.scheduleAtFixedRate(
                () -> {
                    var project = random.nextInt(PROJECTS);
                    var order =
                            new JobOrder(
                                    Delivery.DOWNLOAD,
                                    snapshot(project, random.nextInt(SNAPSHOTS)),
                                    null,
                                    null,
                                    null,
                                    null,
                                    null);
                    var id = around.atlas.makeByHand(project(project), CLUSTER, order);
                    var _ =
                            people.schedule(
                                    () -> changeMind(id),
                                    random.nextLong(4 * period),
                                    TimeUnit.MILLISECONDS);
                },
                0,
                period,
                TimeUnit.MILLISECONDS);
    }

    private void changeMind(String id) {
        try {
            around.atlas.byHand().cancel(id);
        } catch (IllegalStateException | NoSuchElementException e) {
            System.out.println("It was over already: " + e.getMessage());
        }
    }

    private void awaitAllFree(String project) {
        Eventually.within(
                PATIENCE,
                () -> "no slot of " + project + " is held: " + slots(project),
                () -> {
                    var slots = slots(project);
                    return slots.at("/slots/held").asInt() == 0
                            && slots.at("/queue/length").asInt() == 0;
                });
        assertThat(slots(project).at("/slots/limit").asInt()).isEqualTo(SLOTS);
    }

    private JsonNode slots(String project) {
        return Schemas.json(workers.getFirst().get("/projects/" + project).body());
    }
}
