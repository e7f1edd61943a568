package dev.restoreworker.kafka;

import dev.restoreworker.DeadLetter;
import dev.restoreworker.Insistence;
import dev.restoreworker.Ledger;
import dev.restoreworker.ReceivedCancel;
import dev.restoreworker.ReceivedRecord;
import dev.restoreworker.RestoreConfig;
import dev.restoreworker.RestoreWorker;
import dev.restoreworker.kafka.RequestReader.Read;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Takes restore requests from Kafka.
 *
 * <p>A batch is acknowledged as soon as all of it is in the ledger, as entries or as dead letters,
 * and not before. Whatever takes long, a sleeping Atlas or a full quota, is waited out there and
 * never holds up a partition. A ledger that cannot be reached is waited out here: meanwhile nothing
 * is acknowledged and no further batch is asked for.
 */
@ApplicationScoped
public class RestoreRequestConsumer {

    private final RequestReader reader;
    private final Consumer<List<ReceivedCancel>> cancel;
    private final Consumer<List<ReceivedRecord>> receive;
    private final Consumer<List<DeadLetter>> bury;
    private final Insistence insistence;

    @Inject
    RestoreRequestConsumer(
            RestoreConfig config, RestoreWorker worker, Ledger ledger, Insistence insistence) {
        this(
                new RequestReader(config.events().requestTypes().orElse(List.of())),
                worker::cancel,
                worker::receive,
                ledger::bury,
                insistence);
    }

    RestoreRequestConsumer(
            RequestReader reader,
            Consumer<List<ReceivedCancel>> cancel,
            Consumer<List<ReceivedRecord>> receive,
            Consumer<List<DeadLetter>> bury,
            Insistence insistence) {
        this.reader = reader;
        this.cancel = cancel;
        this.receive = receive;
        this.bury = bury;
        this.insistence = insistence;
    }

    /**
     * One batch at a time: {@code application.properties} says so, and {@link ConsumerSettings}.
     */
    @Incoming(ConsumerSettings.CHANNEL)
    @RunOnVirtualThread
    void onBatch(ConsumerRecords<byte[], byte[]> records) {
        var requests = new ArrayList<ReceivedRecord>();
        var cancels = new ArrayList<ReceivedCancel>();
        var letters = new ArrayList<DeadLetter>();
        for (var record : records) {
            switch (reader.read(record)) {
                case Read.Request(var incoming) -> requests.add(incoming);
                case Read.Cancel(var incoming) -> cancels.add(incoming);
                case Read.Dead(var letter) -> letters.add(letter);
            }
        }
        if (!letters.isEmpty()) {
            untilDone("Burying dead letters", () -> bury.accept(letters));
        }
        // First, so that nothing is sent which the same batch cancels.
        if (!cancels.isEmpty()) {
            untilDone("Having requests cancelled", () -> cancel.accept(cancels));
        }
        if (!requests.isEmpty()) {
            untilDone("Taking requests in", () -> receive.accept(requests));
        }
    }

    /** Nothing is acknowledged when this throws. */
    private void untilDone(String what, Runnable action) {
        insistence.until(
                what,
                () -> {
                    action.run();
                    return true;
                });
    }
}
