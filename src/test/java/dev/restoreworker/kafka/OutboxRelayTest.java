package dev.restoreworker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.Blob;
import dev.restoreworker.OutgoingEvent;
import dev.restoreworker.OutgoingEvent.Header;
import dev.restoreworker.OutgoingEvent.Kind;
import dev.restoreworker.sandbox.EmbeddedKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class OutboxRelayTest extends RelayTestCase {

    @Test
    void events_arrive_once_and_in_order_with_a_marker() throws InterruptedException {
        IntStream.range(0, 10).forEach(i -> outbox.put(event(Kind.JOB_CREATED, "c" + i)));
        IntStream.range(0, 5).forEach(i -> outbox.put(event(Kind.JOB_FAILED, "f" + i)));
        start();
        outbox.awaitEmpty(SOON);

        assertThat(values("created"))
                .containsExactlyElementsOf(IntStream.range(0, 10).mapToObj(i -> "c" + i).toList());
        assertThat(values("failed")).containsExactly("f0", "f1", "f2", "f3", "f4");
        var marker = read("marker", "read_committed").getLast();
        assertThat(marker.key()).isEqualTo("00000000-0000-4000-8000-000000000001");
        assertThat(marker.value())
                .isEqualTo(
                        "{\"format\":1,\"ledger\":\"00000000-0000-4000-8000-000000000001\","
                                + "\"batch\":1,\"counter\":15}");
    }

    @Test
    void an_event_is_on_the_wire_as_it_is_in_the_outbox() throws InterruptedException {
        outbox.put(event(Kind.JOB_CREATED, "data"));
        outbox.put(
                new OutgoingEvent(
                        Kind.DEAD_LETTER, null, null, List.of(new Header("trace", null))));
        start();
        outbox.awaitEmpty(SOON);

        var created = read("created", "read_committed").getFirst();
        assertThat(created.key()).isEqualTo("key");
        assertThat(headers(created))
                .containsExactly("ce_type=t", "ce_time=2026-01-31T10:00:00.123456Z");
        var dead = read("dead", "read_committed").getFirst();
        assertThat(dead.key()).isNull();
        assertThat(dead.value()).isNull();
        assertThat(headers(dead)).containsExactly("trace=null");
    }

    @Test
    void a_relay_that_cannot_reach_kafka_lets_another_lead() throws InterruptedException {
        var settings = Map.of("restore.relay.lease", "2s");
        var tried = new CountDownLatch(1);
        start(
                settings,
                _ -> {
                    tried.countDown();
                    throw new KafkaException("no way to the brokers");
                });
        tried.await();
        outbox.put(event(Kind.JOB_CREATED, "data"));

        start(settings, KafkaProducer::new);
        outbox.awaitEmpty(SOON);

        assertThat(values("created")).containsExactly("data");
    }

    @Test
    void what_waits_in_the_outbox_goes_out_in_the_mode_that_is_set_now()
            throws InterruptedException {
        var binary = start();
        outbox.put(event(Kind.JOB_CREATED, "{\"n\":1}"));
        outbox.awaitEmpty(SOON);
        binary.stop();
        outbox.put(event(Kind.JOB_CREATED, "{\"n\":2}"));
        outbox.put(event(Kind.DEAD_LETTER, "as it came"));
        start(Map.of("restore.events.mode", "structured"), KafkaProducer::new);
        outbox.awaitEmpty(SOON);

        assertThat(values("created"))
                .containsExactly(
                        "{\"n\":1}",
                        "{\"type\":\"t\",\"time\":\"2026-01-31T10:00:00.123456Z\",\"data\":{\"n\":2}}");
        assertThat(headers(read("created", "read_committed").getLast()))
                .containsExactly("content-type=application/cloudevents+json; charset=UTF-8");
        var dead = read("dead", "read_committed").getFirst();
        assertThat(dead.value()).isEqualTo("as it came");
        assertThat(headers(dead)).containsExactly("ce_type=t");
    }

    @Test
    void a_broker_that_goes_away_is_waited_for() throws InterruptedException {
        var port = Integer.parseInt(kafka.bootstrapServers().split(":", -1)[1]);
        outbox.put(event(Kind.JOB_CREATED, "before"));
        start();
        outbox.awaitEmpty(SOON);
        kafka.close();
        outbox.put(event(Kind.JOB_CREATED, "meanwhile"));
        kafka = EmbeddedKafka.start(folder, port);
        outbox.put(event(Kind.JOB_CREATED, "after"));
        outbox.awaitEmpty(SOON);

        assertThat(values("created")).containsExactly("before", "meanwhile", "after");
    }

    @Test
    void a_database_that_goes_away_is_waited_for() throws InterruptedException {
        outbox.failNext(3);
        outbox.put(event(Kind.JOB_CREATED, "event"));
        start();
        outbox.awaitEmpty(SOON);

        assertThat(values("created")).containsExactly("event");
    }

    @Test
    void a_relay_that_was_paused_before_its_commit_publishes_nothing_when_it_wakes()
            throws InterruptedException {
        var paused = new CountDownLatch(1);
        var wake = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var first = start();
        outbox.put(event(Kind.JOB_CREATED, "first"));
        outbox.awaitEmpty(SOON);
        first.stop();
        outbox.put(event(Kind.JOB_CREATED, "event"));
        start(settings -> new PausedProducer(settings, paused, wake, ended));
        paused.await();
        assertThat(read("created", "read_uncommitted")).hasSize(2);

        outbox.stealLease();
        start();
        outbox.awaitEmpty(SOON);
        wake.countDown();
        ended.await(); // its commit was tried, and refused
        outbox.put(event(Kind.JOB_CREATED, "next"));
        outbox.awaitEmpty(SOON);

        assertThat(read("created", "read_uncommitted"))
                .extracting(ConsumerRecord::value)
                .containsExactly("first", "event", "event", "next");
        assertThat(values("created")).containsExactly("first", "event", "next");
    }

    /** Stands still between the last event and the commit, as a suspended machine would. */
    private static final class PausedProducer extends KafkaProducer<byte[], byte[]> {
        private final CountDownLatch paused;
        private final CountDownLatch wake;
        private final CountDownLatch ended;

        PausedProducer(
                Map<String, Object> settings,
                CountDownLatch paused,
                CountDownLatch wake,
                CountDownLatch ended) {
            super(settings);
            this.paused = paused;
            this.wake = wake;
            this.ended = ended;
        }

        @Override
        public void commitTransaction() {
            paused.countDown();
            try {
                wake.await();
                super.commitTransaction();
            } catch (InterruptedException e) {
                throw new IllegalStateException("The test ended", e);
            } finally {
                ended.countDown();
            }
        }
    }

    @Test
    void an_event_that_the_producer_finds_too_large_is_set_aside() throws InterruptedException {
        outbox.put(event(Kind.JOB_CREATED, "a"));
        outbox.put(event(Kind.JOB_CREATED, "x".repeat(2_000_000)));
        outbox.put(event(Kind.JOB_CREATED, "b"));
        start();
        outbox.awaitEmpty(SOON);

        assertThat(outbox.aside()).extracting(pending -> pending.id()).containsExactly(2L);
        assertThat(values("created")).containsExactly("a", "b");
    }

    @Test
    void events_that_the_topic_finds_too_large_are_set_aside() throws InterruptedException {
        outbox.put(event(Kind.DEAD_LETTER, "x".repeat(200_000)));
        outbox.put(event(Kind.JOB_CREATED, "a"));
        outbox.put(event(Kind.DEAD_LETTER, "y".repeat(200_000)));
        outbox.put(event(Kind.DEAD_LETTER, "small"));
        start();
        outbox.awaitEmpty(SOON);

        assertThat(outbox.aside())
                .extracting(pending -> pending.id())
                .containsExactlyInAnyOrder(1L, 3L);
        assertThat(values("created")).containsExactly("a");
        assertThat(values("dead")).containsExactly("small");
    }

    @Test
    void an_event_that_the_topic_finds_invalid_is_set_aside_and_no_other()
            throws InterruptedException {
        kafka.createTopic(prefix + "keyed", 1, Map.of("cleanup.policy", "compact"));
        outbox.put(event(Kind.DEAD_LETTER, "a"));
        outbox.put(new OutgoingEvent(Kind.DEAD_LETTER, null, Blob.of("without a key"), List.of()));
        outbox.put(event(Kind.DEAD_LETTER, "b"));
        start(Map.of("restore.topics.dead-letter", prefix + "keyed"), KafkaProducer::new);
        outbox.awaitEmpty(SOON);

        assertThat(outbox.aside()).extracting(pending -> pending.id()).containsExactly(2L);
        assertThat(values("keyed")).containsExactly("a", "b");
    }

    @Test
    void a_few_refused_events_among_many_are_found() throws InterruptedException {
        IntStream.range(0, 100)
                .mapToObj(i -> i % 40 == 7 ? "x".repeat(200_000) : "d" + i)
                .forEach(value -> outbox.put(event(Kind.DEAD_LETTER, value)));
        start();
        outbox.awaitEmpty(SOON);

        assertThat(outbox.aside())
                .extracting(pending -> pending.id())
                .containsExactly(8L, 48L, 88L);
        assertThat(values("dead"))
                .containsExactlyElementsOf(
                        IntStream.range(0, 100)
                                .filter(i -> i % 40 != 7)
                                .mapToObj(i -> "d" + i)
                                .toList());
    }

    @Test
    void a_batch_of_nothing_but_refused_events_holds_nobody_up() throws InterruptedException {
        outbox.put(event(Kind.DEAD_LETTER, "x".repeat(200_000)));
        start();
        outbox.awaitEmpty(SOON);
        outbox.put(event(Kind.JOB_CREATED, "next"));
        outbox.awaitEmpty(SOON);

        assertThat(values("created")).containsExactly("next");
    }

    @Test
    void two_thousand_events_go_out_in_batches() throws InterruptedException {
        outbox.put(event(Kind.JOB_CREATED, "first"));
        start();
        outbox.awaitEmpty(SOON);
        var begin = System.nanoTime();
        var events = IntStream.range(0, 2_000).mapToObj(i -> "%04d".formatted(i)).toList();
        events.forEach(value -> outbox.put(event(Kind.JOB_CREATED, value)));
        outbox.awaitEmpty(SOON);
        var seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("relay: %.0f events/s%n", 2_000 / seconds);

        assertThat(values("created"))
                .startsWith("first")
                .containsSubsequence(events)
                .hasSize(2_001);
        assertThat(read("marker", "read_committed")).hasSizeBetween(5, 1_000);
    }

    @Test
    void an_orderly_stop_gives_the_lease_back_within_a_second() throws InterruptedException {
        var relay = start();
        outbox.put(event(Kind.JOB_CREATED, "event"));
        outbox.awaitEmpty(SOON);
        var begin = System.nanoTime();
        relay.stop();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
        assertThat(outbox.isLed()).isFalse();
    }

    @Test
    void a_relay_that_waits_for_kafka_stops_within_a_second() throws InterruptedException {
        var waiting = new CountDownLatch(1);
        var relay =
                start(
                        settings -> {
                            waiting.countDown();
                            return new KafkaProducer<>(
                                    Records.with(settings, "bootstrap.servers", "localhost:1"));
                        });
        waiting.await();
        var begin = System.nanoTime();
        relay.stop();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
        assertThat(outbox.isLed()).isFalse();
    }
}
