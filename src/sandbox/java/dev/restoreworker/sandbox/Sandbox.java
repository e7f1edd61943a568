package dev.restoreworker.sandbox;

import dev.restoreworker.sandbox.atlas.AtlasSimulator;
import dev.restoreworker.sandbox.atlas.Limits;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parts around the worker. All that they keep lies in one temporary folder. */
record Sandbox(SandboxPostgres postgres, EmbeddedKafka kafka, AtlasSimulator atlas) {
    static final String PUBLIC_KEY = "sandbox";
    static final String PRIVATE_KEY = "5a4d0b0c-0000-4000-8000-000000000001";

    /** Whoever waits for a download is quick. */
    private static final Duration FETCHED_AFTER = Duration.ofSeconds(1);

    /** Jobs live for seconds here, and not for minutes. */
    private static final String TRACK_EVERY = "500ms";

    /** As long as Atlas lets a download link live. */
    private static final Duration LINK_LIVES = Duration.ofHours(1);

    /**
     * Returns once every part takes connections.
     *
     * @param parts is told of each part, and of the folder, as soon as there is something to end
     */
    static Sandbox start(SandboxSettings settings, Parts parts) {
        var folder = Folders.temporary("restore-worker-sandbox-");
        parts.add(() -> Folders.delete(folder));
        // A hook of its own would end the database before the worker has written its last.
        var postgres =
                parts.add(
                        SandboxPostgres.start(
                                folder.resolve("postgres"),
                                settings.postgresPort(),
                                SandboxPostgres.AtExit.LEAVE_TO_OWNER));
        var kafka = parts.add(EmbeddedKafka.start(folder.resolve("kafka"), settings.kafkaPort()));
        Topics.createIn(kafka);
        var atlas = parts.add(AtlasSimulator.start(simulator(settings), Clock.systemUTC()));
        return new Sandbox(postgres, kafka, atlas);
    }

    /** Its Atlas refuses what the real one refuses, and somebody fetches what can be fetched. */
    static SimulatorOptions simulator(SandboxSettings settings) {
        var duration = settings.jobDuration();
        return SimulatorOptions.defaults()
                .withPort(settings.atlasPort())
                .withKey(PUBLIC_KEY, PRIVATE_KEY)
                .withLifecycle(duration, duration, LINK_LIVES)
                .withLinkUsedAfter(FETCHED_AFTER)
                .withLimits(Limits.ENFORCED);
    }

    /**
     * Points a worker that starts in this JVM at these parts. Its other settings stay the user's.
     */
    void tellWorker() {
        addresses().forEach(System::setProperty);
        System.getProperties().putIfAbsent("restore.targets.allowed", "*/*");
        System.getProperties().putIfAbsent("restore.targets.protected", "*/production");
        System.getProperties().putIfAbsent("restore.track-every", TRACK_EVERY);
        System.getProperties()
                .putIfAbsent(
                        "restore.quota.projects." + Samples.CROWDED_PROJECT,
                        Integer.toString(Samples.CROWDED_SLOTS));
    }

    private Map<String, String> addresses() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        settings.put("quarkus.datasource.jdbc.url", postgres.jdbcUrl());
        settings.put("quarkus.datasource.username", postgres.username());
        settings.put("quarkus.datasource.password", postgres.password());
        settings.put("atlas.url", atlas.url().toString());
        settings.put("atlas.credentials.default.public-key", PUBLIC_KEY);
        settings.put("atlas.credentials.default.private-key", PRIVATE_KEY);
        return settings;
    }

    String places(URI worker) {
        return "Kafka %s, PostgreSQL %s (user %s), simulated Atlas %s, worker %s"
                .formatted(
                        kafka.bootstrapServers(),
                        postgres.jdbcUrl(),
                        postgres.username(),
                        atlas.url(),
                        worker);
    }

    /** What to look at once the samples are decided. */
    String hint(URI worker) {
        return "Next: curl %s/restores/sample-automated (what the worker knows),".formatted(worker)
                + " curl %s/simulator/jobs (what Atlas did)".formatted(atlas.url());
    }
}
