package dev.restoreworker.kafka;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.restoreworker.Background;
import dev.restoreworker.Outage;
import dev.restoreworker.Outbox;
import dev.restoreworker.Outbox.Batch;
import dev.restoreworker.RestoreConfig;
import dev.restoreworker.kafka.Publisher.Refusal;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what is decided. Each worker has one, and one of them, elected by a lease, empties the
 * outbox.
 *
 * <pre>
 *   lead ──▶ new producer, fence ──▶ prepare ──▶ events + marker, one transaction ──▶ published
 *    ▲                                  ▲                      │                         │
 *    │                                  ╰──────────────────────┼─────────────────────────╯
 *    ╰──────── any trouble: drop the producer ─────────────────╯
 * </pre>
 *
 * <p>All relays of a deployment share one transactional id. The lease only keeps them from
 * disturbing each other; that a paused one cannot publish when it wakes is the fence's work, which
 * comes before anything is read from the outbox.
 *
 * <p>What is not here yet: the marker is written and not read back. So when a relay dies, or loses
 * Kafka or the ledger, between its commit and the ledger's note of it, the batch that it prepared
 * is published again by the next one.
 */
@Singleton
public class OutboxRelay implements Background {

    private static final System.Logger LOG = System.getLogger(OutboxRelay.class.getName());
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration STOP_MAX = Duration.ofMillis(400);

    private final Outbox outbox;
    private final RestoreConfig config;
    private final Map<String, Object> settings;
    private final Function<Map<String, Object>, Producer<byte[], byte[]>> producers;
    private final String holder = UUID.randomUUID().toString();
    private final Outage outage = new Outage(LOG, "Publishing events");
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;

    private long leaseRenewedAt;
    private long counter;

    /** A batch that Kafka has and the ledger does not know of yet. */
    private @Nullable Batch unmarked;

    @Inject
    OutboxRelay(
            Outbox outbox,
            RestoreConfig config,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this(outbox, config, kafka, KafkaProducer::new);
    }

    OutboxRelay(
            Outbox outbox,
            RestoreConfig config,
            Map<String, Object> kafka,
            Function<Map<String, Object>, Producer<byte[], byte[]>> producers) {
        this.outbox = outbox;
        this.config = config;
        this.settings = ProducerSettings.of(kafka, config.relay().transactionalId(), lease(config));
        this.producers = producers;
        this.thread = Thread.ofPlatform().name("outbox-relay").daemon().unstarted(this::run);
    }

    /** Begins to publish, or to stand by. To be called once. */
    @Override
    public void start() {
        thread.start();
    }

    /** Ends within a second, and gives the lease back. Does nothing if it was never started. */
    @Override
    public void stop() {
        stopping.countDown();
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(STOP_MAX)) {
                thread.interrupt();
                if (!thread.join(STOP_MAX)) {
                    LOG.log(WARNING, "The relay does not end in time; its lease will run out");
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopped()) {
            try {
                term();
            } catch (InterruptedException | InterruptException _) {
                break; // only stop() interrupts
            } catch (RuntimeException e) {
                rest(outage.failed(e));
            }
        }
        resign();
    }

    /** One try to lead and, if it is granted, all that is published until the first trouble. */
    private void term() throws InterruptedException {
        if (!lead()) {
            outage.over(); // somebody else publishes
            rest(lease(config).dividedBy(5));
            return;
        }
        var records = new EventRecords(config.topics(), outbox.identity());
        try (var publisher = Publisher.begin(producers.apply(settings), records)) {
            LOG.log(INFO, "This relay leads as " + holder);
            while (!stopped() && stillLeads()) {
                pass(publisher);
            }
        }
    }

    /** Publishes one batch, or waits for one. */
    private void pass(Publisher publisher) throws InterruptedException {
        notePublished();
        var batch = outbox.prepare(holder, config.relay().batch());
        if (batch.events().isEmpty()) {
            outage.over();
            outbox.await(POLL);
            return;
        }
        var published = counter + batch.events().size();
        var refusals = publisher.publish(batch, published);
        outage.over();
        if (refusals.isEmpty()) {
            counter = published;
            unmarked = batch;
            notePublished();
        } else {
            setAside(batch, refusals);
        }
    }

    private void notePublished() {
        if (unmarked != null) {
            outbox.published(unmarked);
            unmarked = null;
        }
    }

    private void setAside(Batch batch, List<Refusal> refusals) {
        for (var refusal : refusals) {
            var event = refusal.event();
            LOG.log(
                    ERROR,
                    "Event %d (%s) is set aside, and nobody gets it until an operator acts: Kafka refuses it"
                            .formatted(event.id(), event.event().kind()),
                    refusal.cause());
            outbox.setAside(event, refusal.cause().toString());
        }
        if (refusals.size() == batch.events().size()) {
            outbox.published(new Batch(batch.number(), List.of())); // nothing is left of it
        }
    }

    private boolean lead() {
        var renewedAt = System.nanoTime();
        var leads = outbox.lead(holder, lease(config));
        leaseRenewedAt = renewedAt;
        return leads;
    }

    /** Renewed when a quarter of it is over: a pass that Kafka holds up then ends within it. */
    private boolean stillLeads() {
        var age = System.nanoTime() - leaseRenewedAt;
        return age < lease(config).toNanos() / 4 || lead();
    }

    private void resign() {
        var _ = Thread.interrupted(); // or the ledger could not be told
        try {
            notePublished();
            outbox.resign(holder);
        } catch (RuntimeException e) {
            LOG.log(WARNING, "The relay's lease could not be given back and will run out", e);
        }
    }

    private void rest(Duration pause) {
        try {
            var _ = stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // stop() was called: the loop ends
        }
    }

    private boolean stopped() {
        return stopping.getCount() == 0;
    }

    private static Duration lease(RestoreConfig config) {
        return config.relay().lease();
    }
}
