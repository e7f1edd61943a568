package dev.restoreworker.whole;

import dev.restoreworker.sandbox.EmbeddedKafka;
import dev.restoreworker.sandbox.KafkaOptions;
import dev.restoreworker.sandbox.SandboxPostgres;
import dev.restoreworker.sandbox.Topics;
import dev.restoreworker.sandbox.atlas.AtlasSimulator;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** A broker in this JVM and a database of its own, which can be stopped and started again. */
final class EmbeddedSurroundings extends Surroundings {

    EmbeddedKafka kafka;
    final SandboxPostgres postgres;
    private final Path folder;

    private EmbeddedSurroundings(
            Path folder, EmbeddedKafka kafka, SandboxPostgres postgres, AtlasSimulator atlas) {
        super(
                kafka.bootstrapServers(),
                new Database(postgres.jdbcUrl(), postgres.username(), postgres.password()),
                atlas);
        this.folder = folder;
        this.kafka = kafka;
        this.postgres = postgres;
    }

    static EmbeddedSurroundings start(Path folder, SimulatorOptions options) {
        return start(folder, options, _ -> KafkaOptions.plain(0));
    }

    /** With a broker that may trust the simulated Atlas. */
    static EmbeddedSurroundings start(
            Path folder, SimulatorOptions options, Function<AtlasSimulator, KafkaOptions> broker) {
        var atlas = AtlasSimulator.start(options.withPort(0), Clock.systemUTC());
        var kafka = EmbeddedKafka.start(folder.resolve("kafka"), broker.apply(atlas));
        Topics.createIn(kafka);
        return new EmbeddedSurroundings(
                folder, kafka, SandboxPostgres.start(folder.resolve("postgres"), 0), atlas);
    }

    /** The broker ends in order and comes back as it was, on the same port. */
    void restartPlainKafka() {
        var port = Integer.parseInt(bootstrapServers().replaceFirst(".*:", ""));
        kafka.close();
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), KafkaOptions.plain(port));
    }

    /** All processes of the database stand still, and go on as if nothing had been. */
    void pausePostgres(Duration length) {
        var server = server();
        var others = server.descendants().toList();
        Signals.send("STOP", server.pid());
        others.forEach(each -> Signals.send("STOP", each.pid()));
        LockSupport.parkNanos(length.toNanos());
        others.forEach(each -> Signals.send("CONT", each.pid()));
        Signals.send("CONT", server.pid());
    }

    private ProcessHandle server() {
        try (var lines = Files.lines(folder.resolve("postgres").resolve("postmaster.pid"))) {
            var pid = Long.parseLong(lines.findFirst().orElseThrow().strip());
            return ProcessHandle.of(pid).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        super.close();
        kafka.close();
        postgres.close();
    }
}
