package dev.restoreworker.kafka;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.restoreworker.Background;
import dev.restoreworker.Company;
import dev.restoreworker.Outage;
import dev.restoreworker.Outbox;
import dev.restoreworker.RestoreConfig;
import dev.restoreworker.kafka.Publisher.Refusal;
import dev.restoreworker.kafka.Recovery.Verdict;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Publishes what is decided. Each worker has one, and one of them, elected by a lease, empties the
 * outbox.
 *
 * <pre>
 *   lead ──▶ fence ──▶ read the marker ──▶ prepare ──▶ events + marker ──▶ published
 *    ▲                   │                    ▲         one transaction       │
 *    │                   │                    ╰───────────────┼───────────────╯
 *    │                 alarm: wait for a person               │
 *    ╰───────────────────┴───── trouble: drop the producer ───╯
 * </pre>
 *
 * <p>Each event is published once, whatever dies where. All relays of a deployment share one
 * transactional id, so that whoever begins has ended all transactions of the others, and none of
 * them can commit any more: the marker that it reads then is the last, and says whether the batch
 * that was left prepared is published ({@link Recovery}). That is also the answer to a commit of
 * which no answer came. The lease only keeps relays from disturbing each other.
 */
@Singleton
public class OutboxRelay implements Background {

    private static final System.Logger LOG = System.getLogger(OutboxRelay.class.getName());
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration STOP_MAX = Duration.ofMillis(400);

    /** For how long a crowd of events gathers beside the time of a batch. */
    private static final Duration CROWD_GATHERS = Duration.ofMillis(20);

    private final Outbox outbox;
    private final RestoreConfig config;
    private final Map<String, Object> settings;
    private final Function<Map<String, Object>, Producer<byte[], byte[]>> producers;
    private final String holder = UUID.randomUUID().toString();
    private final Outage outage;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;

    private final Alarm alarm = new Alarm(LOG);
    private final Markers markers;

    private long leaseRenewedAt;

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
        this.outage = new Outage(LOG, "Publishing events to " + kafka.get("bootstrap.servers"));
        this.settings = ProducerSettings.of(kafka, config.relay().transactionalId(), lease(config));
        this.producers = producers;
        this.markers = new Markers(config.topics().marker(), kafka, lease(config).dividedBy(2));
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

    /** Why nothing is published until a person has looked, if it is so. */
    Optional<String> alarm() {
        return alarm.raised();
    }

    private void run() {
        while (!stopped()) {
            try {
                term();
            } catch (InterruptedException | InterruptException _) {
                break; // only stop() interrupts
            } catch (RuntimeException e) {
                standBack(outage.failed(e));
            }
        }
        resign();
    }

    /** One try to lead and, if it is granted, all that is published until the first trouble. */
    private void term() throws InterruptedException {
        if (!lead()) {
            outage.over(); // somebody else publishes
            alarm.over();
            rest(lease(config).dividedBy(5));
            return;
        }
        var records = new EventRecords(config.topics(), config.events().mode());
        try (var publisher = Publisher.begin(producers.apply(settings), records)) {
            var ledger = outbox.progress();
            switch (Recovery.of(ledger, markers.last())) {
                case Verdict.Begin() -> {
                    publisher.publish(List.of(), new Marker(ledger.ledger(), 0, 0));
                    publish(publisher, ledger.ledger(), 0);
                }
                case Verdict.GoOn(var counter) -> publish(publisher, ledger.ledger(), counter);
                case Verdict.Published(var batch, var counter) -> {
                    LOG.log(INFO, "Batch %d was published by an earlier relay".formatted(batch));
                    outbox.published(batch);
                    publish(publisher, ledger.ledger(), counter);
                }
                case Verdict.Alarm(var why) -> {
                    outage.over();
                    alarm.raise(why);
                    rest(lease(config).dividedBy(2)); // then looks again, still the one that leads
                }
            }
        }
    }

    private void publish(Publisher publisher, UUID ledger, long counter)
            throws InterruptedException {
        alarm.over();
        LOG.log(INFO, "This relay leads as " + holder);
        var company = new Company(config.relay().batch(), CROWD_GATHERS);
        var published = counter;
        while (!stopped() && stillLeads()) {
            var count = pass(publisher, ledger, published);
            published += count;
            rest(company.after(count));
        }
    }

    /** Publishes one batch, or waits for one. Returns how many events it published. */
    private int pass(Publisher publisher, UUID ledger, long counter) throws InterruptedException {
        var batch = outbox.prepare(holder, config.relay().batch());
        if (batch.events().isEmpty()) {
            outage.over();
            outbox.await(POLL);
            return 0;
        }
        var count = batch.events().size();
        var marker = new Marker(ledger, batch.number(), counter + count);
        var refusals = publisher.publish(batch.events(), marker);
        outage.over();
        if (refusals.isEmpty()) {
            outbox.published(batch.number());
            return count;
        }
        setAside(refusals);
        return 0;
    }

    private void setAside(List<Refusal> refusals) {
        for (var refusal : refusals) {
            var event = refusal.event();
            LOG.log(
                    ERROR,
                    "Event %d (%s) is set aside, and nobody gets it until an operator acts: Kafka refuses it"
                            .formatted(event.id(), event.event().kind()),
                    refusal.cause());
            outbox.setAside(event, refusal.cause().toString());
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
            outbox.resign(holder);
        } catch (RuntimeException e) {
            LOG.log(WARNING, "The relay's lease could not be given back and will run out", e);
        }
    }

    /**
     * Gives the lease back, and rests for longer than those do who stand by: the trouble may be
     * this worker's alone, and another one may reach Kafka.
     */
    private void standBack(Duration pause) {
        try {
            outbox.resign(holder);
        } catch (RuntimeException e) {
            LOG.log(DEBUG, "The lease cannot be given back now and will run out", e);
        }
        var polite = lease(config).dividedBy(3);
        rest(pause.compareTo(polite) > 0 ? pause : polite);
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
