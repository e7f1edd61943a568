package dev.restoreworker.whole;

import dev.restoreworker.sandbox.EmbeddedKafka;
import dev.restoreworker.sandbox.KafkaOptions;
import dev.restoreworker.sandbox.SandboxPostgres;
import dev.restoreworker.sandbox.Topics;
import dev.restoreworker.sandbox.atlas.AtlasSimulator;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Function;

/** A broker in this JVM and a database of its own, which can be stopped and started again. */
final class EmbeddedSurroundings extends Surroundings {

    final EmbeddedKafka kafka;
    final SandboxPostgres postgres;

    private EmbeddedSurroundings(
            EmbeddedKafka kafka, SandboxPostgres postgres, AtlasSimulator atlas) {
        super(
                kafka.bootstrapServers(),
                new Database(postgres.jdbcUrl(), postgres.username(), postgres.password()),
                atlas);
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
                kafka, SandboxPostgres.start(folder.resolve("postgres"), 0), atlas);
    }

    @Override
    public void close() {
        super.close();
        kafka.close();
        postgres.close();
    }
}
