package dev.restoreworker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.OutgoingEvent.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Relays that die, doubt or wake up: what a reader of committed records gets, from offset 0. */
class RelayRecoveryTest extends RelayTestCase {

    private static final Map<String, String> TENS = Map.of("restore.relay.batch", "10");
    private static final UUID THEIRS = UUID.fromString("00000000-0000-4000-8000-000000000002");

    private final List<Kill> kills = new ArrayList<>();

    @AfterEach
    void buryTheKilled() {
        kills.forEach(Kill::bury);
    }

    @ParameterizedTest
    @EnumSource(Kill.Point.class)
    void a_relay_that_is_killed_leaves_no_gap_and_no_duplicate(Kill.Point point)
            throws InterruptedException {
        var events = put(0, 30);

        killed(new Kill(point, point == Kill.Point.AFTER_FENCE ? 1 : 2));
        start(TENS, KafkaProducer::new);
        outbox.awaitEmpty(SOON);

        assertThat(values("created")).isEqualTo(events);
        assertThat(marker()).isEqualTo(new Marker(outbox.progress().ledger(), 3, 30));
    }

    @ParameterizedTest
    @EnumSource(Kill.Point.class)
    void the_very_first_batch_is_no_exception(Kill.Point point) throws InterruptedException {
        var events = put(0, 10);

        killed(new Kill(point, 1));
        start(TENS, KafkaProducer::new);
        outbox.awaitEmpty(SOON);

        assertThat(values("created")).isEqualTo(events);
    }

    @Test
    void the_very_first_batch_is_not_sent_again_when_its_marker_is_lost() throws Exception {
        var events = put(0, 10);
        killed(new Kill(Kill.Point.AFTER_COMMIT, 2)); // the first is that of the ledger's marker
        deleteMarkerTopic();
        kafka.createTopic(prefix + "marker", 1, Map.of("cleanup.policy", "compact"));

        var relay = start(TENS, KafkaProducer::new);

        assertThat(alarmOf(relay)).contains("there is no marker", "batch 1 is prepared");
        assertThat(values("created")).isEqualTo(events);
    }

    @Test
    void relays_that_are_killed_one_after_the_other_leave_no_gap_and_no_duplicate()
            throws InterruptedException {
        var seed = Long.getLong("seed", System.nanoTime());
        var random = new Random(seed);
        var events = new ArrayList<String>();

        for (var kills = 0; kills < 25; kills++) {
            events.addAll(put(events.size(), 40));
            var points = Kill.Point.values();
            var point = points[random.nextInt(points.length)];
            var time = 1 + random.nextInt(point == Kill.Point.AFTER_FENCE ? 1 : 3);
            killed(new Kill(point, time));
        }
        start(TENS, KafkaProducer::new);
        outbox.awaitEmpty(SOON);

        assertThat(values("created")).as("-Dseed=" + seed).isEqualTo(events);
        assertThat(marker().counter()).isEqualTo(events.size());
    }

    @Test
    void the_order_within_each_topic_is_the_outboxs_whoever_publishes()
            throws InterruptedException {
        IntStream.range(0, 40)
                .forEach(
                        i ->
                                outbox.put(
                                        event(
                                                i % 3 == 0 ? Kind.JOB_FAILED : Kind.JOB_CREATED,
                                                "%03d".formatted(i))));

        killed(new Kill(Kill.Point.AFTER_COMMIT, 1));
        killed(new Kill(Kill.Point.BEFORE_COMMIT, 1));
        killed(new Kill(Kill.Point.AFTER_PREPARE, 2));
        start(TENS, KafkaProducer::new);
        outbox.awaitEmpty(SOON);

        assertThat(values("created")).hasSize(26).isSorted().doesNotHaveDuplicates();
        assertThat(values("failed")).hasSize(14).isSorted().doesNotHaveDuplicates();
    }

    /** Says that it does not know what became of one commit. */
    private static final class DoubtingProducer extends KafkaProducer<byte[], byte[]> {
        private final CountDownLatch doubts;
        private final boolean committed;

        DoubtingProducer(Map<String, Object> settings, CountDownLatch doubts, boolean committed) {
            super(settings);
            this.doubts = doubts;
            this.committed = committed;
        }

        @Override
        public void commitTransaction() {
            if (doubts.getCount() == 0) {
                super.commitTransaction();
                return;
            }
            doubts.countDown();
            if (committed) {
                super.commitTransaction();
            }
            throw new TimeoutException("no answer to the commit");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_commit_in_doubt_is_decided_by_the_marker(boolean committed) throws InterruptedException {
        var doubts = new CountDownLatch(3);
        var events = put(0, 50);

        start(TENS, settings -> new DoubtingProducer(settings, doubts, committed));
        outbox.awaitEmpty(SOON);

        assertThat(doubts.getCount()).isZero();
        assertThat(values("created")).isEqualTo(events);
        assertThat(marker().counter()).isEqualTo(50);
    }

    @Test
    void a_ledger_that_fails_after_the_commit_hears_of_it_later() throws InterruptedException {
        var events = put(0, 20);
        outbox.beforeNextNote(
                () -> {
                    throw new IllegalStateException("the database is down");
                });

        start(TENS, KafkaProducer::new);
        outbox.awaitEmpty(SOON);

        assertThat(values("created")).isEqualTo(events);
    }

    @Test
    void a_relay_that_was_paused_after_its_commit_changes_nothing_when_it_wakes()
            throws InterruptedException {
        var events = new ArrayList<>(put(0, 30));
        var paused = new CountDownLatch(1);
        var wake = new CountDownLatch(1);
        outbox.beforeNextNote(
                () -> {
                    paused.countDown();
                    await(wake);
                });
        start(TENS, KafkaProducer::new);
        await(paused);

        outbox.stealLease();
        start(TENS, KafkaProducer::new);
        outbox.awaitEmpty(SOON);
        wake.countDown();
        events.addAll(put(30, 5));
        outbox.awaitEmpty(SOON);

        assertThat(values("created")).isEqualTo(events);
        // The five came one by one, and a batch takes what is there.
        var progress = outbox.progress();
        assertThat(marker()).isEqualTo(new Marker(progress.ledger(), progress.published(), 35));
    }

    @Test
    void the_counter_goes_on_with_the_next_relay() throws InterruptedException {
        put(0, 7);
        var first = start();
        outbox.awaitEmpty(SOON);
        first.stop();
        put(7, 5);
        start();
        outbox.awaitEmpty(SOON);

        assertThat(marker().counter()).isEqualTo(12);
    }

    @Test
    void after_a_batch_that_was_refused_whole_the_next_relay_goes_on() throws InterruptedException {
        put(0, 1);
        var first = start();
        outbox.awaitEmpty(SOON);
        outbox.put(event(Kind.DEAD_LETTER, "x".repeat(200_000)));
        outbox.awaitEmpty(SOON);
        first.stop();
        put(1, 1);
        start();
        outbox.awaitEmpty(SOON);

        assertThat(values("created")).containsExactly("00000", "00001");
        assertThat(marker()).isEqualTo(new Marker(outbox.progress().ledger(), 3, 2));
    }

    @ParameterizedTest
    @EnumSource(names = {"AFTER_PREPARE", "AFTER_COMMIT"})
    void a_lost_marker_stops_the_relay_until_an_operator_writes_it_anew(Kill.Point point)
            throws InterruptedException, ExecutionException {
        var events = put(0, 30);
        write(new Marker(outbox.progress().ledger(), 0, 0));
        killed(new Kill(point, 2));
        var published = values("created").size();
        deleteMarkerTopic();
        kafka.createTopic(prefix + "marker", 1, Map.of("cleanup.policy", "compact"));

        var relay = start(TENS, KafkaProducer::new);

        assertThat(alarmOf(relay)).contains("there is no marker", "batch 1", "batch 2 is prepared");
        assertThat(values("created")).hasSize(published);
        assertThat(outbox.progress().prepared()).isTrue();
        write(new Marker(outbox.progress().ledger(), published / 10, published));
        outbox.awaitEmpty(SOON);
        assertThat(values("created")).isEqualTo(events);
        assertThat(relay.alarm()).isEmpty();
    }

    @Test
    void a_marker_topic_that_is_gone_stops_the_relay() throws Exception {
        put(0, 20);
        killed(new Kill(Kill.Point.AFTER_PREPARE, 2));
        deleteMarkerTopic();

        var relay = start(TENS, KafkaProducer::new);

        assertThat(alarmOf(relay)).contains("there is no marker");
        assertThat(values("created")).hasSize(10);
    }

    @Test
    void markers_that_are_older_than_the_ledger_stop_the_relay() throws Exception {
        put(0, 30);
        killed(new Kill(Kill.Point.AFTER_PREPARE, 3));
        write(new Marker(outbox.progress().ledger(), 1, 10));

        var relay = start(TENS, KafkaProducer::new);

        assertThat(alarmOf(relay)).contains("batch 1's", "lost later ones");
        assertThat(values("created")).hasSize(20);
    }

    @Test
    void a_ledger_that_is_older_than_its_markers_stops_the_relay() throws Exception {
        write(new Marker(outbox.progress().ledger(), 12, 100));
        put(0, 10);

        var relay = start(TENS, KafkaProducer::new);

        assertThat(alarmOf(relay)).contains("batch 12's", "older than it was");
        assertThat(values("created")).isEmpty();
        assertThat(outbox.progress().numbered()).isZero();
    }

    @Test
    void another_ledger_on_the_same_topics_stops_the_relay() throws Exception {
        put(0, 10);
        start();
        outbox.awaitEmpty(SOON);
        relays.getFirst().stop();
        write(new Marker(THEIRS, 1, 1));
        put(10, 10);

        var relay = start();

        assertThat(alarmOf(relay)).contains("another ledger, " + THEIRS);
        assertThat(values("created")).hasSize(10);
    }

    @Test
    void a_marker_of_a_format_that_is_not_known_stops_the_relay() throws Exception {
        put(0, 10);
        var ledger = outbox.progress().ledger().toString();
        write(ledger, "{\"format\":2,\"ledger\":\"%s\",\"upTo\":[1]}".formatted(ledger));

        var relay = start();

        assertThat(alarmOf(relay)).contains("not of format 1");
        assertThat(values("created")).isEmpty();
    }

    @Test
    void a_marker_in_an_open_transaction_is_waited_for() throws Exception {
        put(0, 10);
        try (var other = stringProducer(Map.of("transactional.id", prefix + "other"))) {
            other.initTransactions();
            other.beginTransaction();
            other.send(record(THEIRS.toString(), new Marker(THEIRS, 1, 1).value())).get();

            var relay = start(Map.of("restore.relay.lease", "2s"), KafkaProducer::new);
            outbox.awaitElections(2); // the first gave up in the middle
            assertThat(read("created", "read_uncommitted")).isEmpty();
            other.commitTransaction();

            assertThat(alarmOf(relay)).contains("another ledger");
        }
    }

    @Test
    void the_last_marker_is_found_behind_many_records_that_are_none() throws Exception {
        var ours = new Marker(outbox.progress().ledger(), 3, 5);
        write(ours);
        write(new Marker(THEIRS, 3, 5));
        try (var producer = stringProducer(Map.of())) {
            for (var i = 0; i < 3_000; i++) {
                producer.send(record(THEIRS.toString(), null));
            }
        }
        var markers =
                new Markers(
                        prefix + "marker",
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        SOON);

        assertThat(markers.last()).isEqualTo(new Marker.Last.Found(ours));
    }

    /** Puts so many events into the outbox, named by their numbers. */
    private List<String> put(int from, int count) {
        var names = IntStream.range(from, from + count).mapToObj("%05d"::formatted).toList();
        names.forEach(name -> outbox.put(event(Kind.JOB_CREATED, name)));
        return names;
    }

    /** A relay that lives until it is killed, and whose lease is over then. */
    private void killed(Kill kill) throws InterruptedException {
        kills.add(kill);
        start(kill.outbox(outbox), TENS, kill::producer);
        kill.await();
        outbox.stealLease();
    }

    private static String alarmOf(OutboxRelay relay) {
        var end = System.nanoTime() + SOON.toNanos();
        while (relay.alarm().isEmpty()) {
            assertThat(System.nanoTime()).as("The alarm is raised in time").isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        return relay.alarm().orElseThrow();
    }

    private void deleteMarkerTopic() throws InterruptedException, ExecutionException {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteTopics(List.of(prefix + "marker")).all().get();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException("The test ended", e);
        }
    }

    @SuppressWarnings("NullAway") // a record without a value deletes what its key had
    private ProducerRecord<String, String> record(String key, @Nullable String value) {
        return new ProducerRecord<>(prefix + "marker", Marker.PARTITION, key, value);
    }

    private static KafkaProducer<String, String> stringProducer(Map<String, Object> more) {
        var settings = Records.with(more, "bootstrap.servers", kafka.bootstrapServers());
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    private void write(Marker marker) throws InterruptedException, ExecutionException {
        write(marker.key(), marker.value());
    }

    private void write(String key, String value) throws InterruptedException, ExecutionException {
        try (var producer = stringProducer(Map.of())) {
            producer.send(record(key, value)).get();
        }
    }
}
