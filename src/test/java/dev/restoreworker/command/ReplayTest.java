package dev.restoreworker.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a reader of committed records gets of a replay is each record once, and as it was. */
class ReplayTest extends CommandTestCase {

    @Test
    void a_dry_run_writes_nothing_and_says_how_it_is_done() throws Exception {
        bury("UNKNOWN_TYPE", "k", "{\"requestId\":\"dr-1\"}");

        var result = run("dead-letters", "replay", "--reason", "UNKNOWN_TYPE");

        assertThat(result.status()).isZero();
        assertThat(result.said())
                .contains("0/0 ", "dr-1", "1 would be replayed (1 UNKNOWN_TYPE)", "--execute");
        assertThat(read("requests", "read_uncommitted")).isEmpty();
        assertThat(read("replayed", "read_uncommitted")).isEmpty();
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThat(admin.listTransactions().all().get())
                    .noneMatch(each -> each.transactionalId().startsWith(prefix));
        }
    }

    @Test
    void a_record_comes_back_as_it_was_and_says_where_from() {
        var headers = new LinkedHashMap<String, byte @Nullable []>();
        headers.put("ce_type", "t".getBytes(UTF_8));
        headers.put("none", null);
        headers.put("empty", new byte[0]);
        headers.put("dead-letter-reason", "a producer's own".getBytes(UTF_8));
        headers.put("replayed-from", "an earlier one".getBytes(UTF_8));
        bury(1, "NO_ID", "key\u0000", "value\n", headers, Map.of());

        assertThat(run("dead-letters", "replay", "1/0", "--execute").status()).isZero();

        var record = replayed().getFirst();
        assertThat(text(record.key())).isEqualTo("key\u0000");
        assertThat(text(record.value())).isEqualTo("value\n");
        assertThat(headers(record.headers()))
                .containsExactly(
                        "ce_type=t",
                        "none=null",
                        "empty=",
                        "dead-letter-reason=a producer's own",
                        "replayed-from=" + prefix + "dead/1/0");
    }

    @Test
    void null_stays_null() {
        bury("UNREADABLE", null, null);
        bury("UNREADABLE", "", "");

        run("dead-letters", "replay", "--partition", "0", "--execute");

        assertThat(replayed())
                .extracting(record -> text(record.key()) + "," + text(record.value()))
                .containsExactlyInAnyOrder("null,null", ",");
    }

    @Test
    void what_is_cut_is_not_replayed_and_the_original_is_named() {
        var place = bury(0, "TOO_LARGE", "k", "{", Map.of(), Map.of("dead-letter-length", "9"));
        bury(0, "NO_ID", "k", "{}", Map.of(), Map.of("dead-letter-key-length", "70000"));
        bury(0, "NO_ID", "k", "{}", Map.of(), Map.of("dead-letter-headers-left-out", "3"));
        bury("NO_ID", "k", "whole");

        var result = run("dead-letters", "replay", "--partition", "0", "--execute");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.said())
                .contains(
                        place + " ", "its value is cut", "its key is cut", "headers were left out")
                .contains(prefix + "requests/3/17")
                .contains("1 replayed to ", "3 can't be replayed");
        assertThat(values()).containsExactly("whole");
    }

    @Test
    void what_was_replayed_is_not_replayed_again() {
        buryMany(7);
        run("dead-letters", "replay", "--reason", "NO_ID", "--limit", "3", "--execute");
        assertThat(replayed()).hasSize(3);

        var rest = run("dead-letters", "replay", "--reason", "NO_ID", "--execute");
        var again = run("dead-letters", "replay", "--from", "PT1H", "--execute");

        assertThat(rest.said()).contains("4 replayed to ", "3 were replayed before");
        assertThat(again.said()).contains("0 replayed to ", "7 were replayed before");
        assertThat(again.status()).isZero();
        assertThat(values()).isEqualTo(expected(7));
    }

    @Test
    void one_that_is_not_there_is_missed() {
        bury("NO_ID", "k", "here");

        var result = run("dead-letters", "replay", "0/0", "0/5", "9/9", "--execute");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.said()).contains("0/5 ", "9/9 ", "there is no such dead letter");
        assertThat(values()).containsExactly("here");
    }

    @Test
    void the_rate_is_kept() {
        buryMany(9);
        var start = System.nanoTime();

        run("dead-letters", "replay", "--from", "PT1H", "--rate", "4", "--execute");

        // 4 at once, 4 after one second, the last after two
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isGreaterThan(Duration.ofSeconds(2));
        assertThat(values()).isEqualTo(expected(9));
    }

    @Test
    void a_topic_that_was_made_anew_has_other_dead_letters() throws Exception {
        bury("NO_ID", "k", "old");
        run("dead-letters", "replay", "0/0", "--execute");
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteTopics(List.of(prefix + "dead")).all().get();
            while (admin.listTopics().names().get().contains(prefix + "dead")) {
                Thread.onSpinWait();
            }
        }
        kafka.createTopic(prefix + "dead", 2, Map.of());
        bury("NO_ID", "k", "new");

        run("dead-letters", "replay", "0/0", "--execute");

        assertThat(values()).containsExactly("new", "old");
    }

    @Test
    void one_that_kafka_refuses_does_not_keep_the_others_back() {
        kafka.createTopic(prefix + "small", 1, Map.of("max.message.bytes", "100000"));
        var access = access(Map.of("restore.topics.requests", prefix + "small"));
        bury("NO_ID", "k", "first");
        bury("NO_ID", "k", "x".repeat(200_000));
        bury("NO_ID", "k", "last");

        var result =
                run(
                        access,
                        KafkaProducer::new,
                        "dead-letters",
                        "replay",
                        "--partition",
                        "0",
                        "--execute");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.said()).contains("0/1 ", "Kafka refuses it");
        assertThat(read("small", "read_committed"))
                .extracting(record -> text(record.value()))
                .containsExactly("first", "last");
        assertThat(read("replayed", "read_committed")).hasSize(2);
    }

    @Test
    void one_that_is_to_stop_ends_between_two_transactions() {
        buryMany(20);
        var stop = new Stop();
        var commits = new ArrayList<Integer>();
        var tally = new Tally(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8));

        Replay.run(
                access(Map.of()),
                settings ->
                        new KafkaProducer<byte[], byte[]>(settings) {
                            @Override
                            public void commitTransaction() {
                                if (commits.size() == 1) {
                                    stop.request();
                                }
                                super.commitTransaction();
                                commits.add(commits.size());
                            }
                        },
                new Choice(Set.of(), null, null, 0, Set.of()),
                Long.MAX_VALUE,
                5,
                tally,
                stop);

        assertThat(commits).hasSize(2);
        assertThat(replayed()).hasSize(10);
        run("dead-letters", "replay", "--partition", "0", "--execute");
        assertThat(values()).isEqualTo(expected(20));
    }

    static Stream<Arguments> kills() {
        return Stream.of(Kill.Point.values())
                .flatMap(
                        point ->
                                IntStream.rangeClosed(1, point == Kill.Point.AFTER_FENCE ? 1 : 2)
                                        .mapToObj(time -> Arguments.of(point, time)));
    }

    @ParameterizedTest
    @MethodSource("kills")
    void whatever_a_kill_leaves_is_finished_by_the_next_one(Kill.Point point, int time) {
        buryMany(120);
        var args =
                new String[] {
                    "dead-letters", "replay", "--from", "PT1H", "--rate", "5000", "--execute"
                };
        try (var kill = new Kill(point, time)) {
            assertThatThrownBy(() -> run(kill::producer, args)).isInstanceOf(Kill.Killed.class);
        }

        var result = run(args);

        assertThat(result.status()).as(result.said()).isZero();
        assertThat(values()).isEqualTo(expected(120));
        assertThat(read("replayed", "read_committed")).hasSize(120);
    }

    @Test
    void of_two_at_once_the_later_one_goes_on_and_the_earlier_one_ends() throws Exception {
        buryMany(15);
        var waits = new CountDownLatch(1);
        var goesOn = new CountDownLatch(1);
        var args =
                new String[] {
                    "dead-letters", "replay", "--from", "PT1H", "--rate", "5", "--execute"
                };
        var earlier =
                CompletableFuture.supplyAsync(
                        () -> run(settings -> held(settings, waits, goesOn), args));
        assertThat(waits.await(30, TimeUnit.SECONDS)).isTrue();

        var later = run(args);
        goesOn.countDown();
        var ended = earlier.get(60, TimeUnit.SECONDS);

        assertThat(later.status()).as(later.said()).isZero();
        assertThat(later.said()).contains("10 replayed to ", "5 were replayed before");
        assertThat(ended.status()).as(ended.said()).isEqualTo(1);
        assertThat(ended.said()).contains("5 replayed to ", "Another replay");
        assertThat(values()).isEqualTo(expected(15));
    }

    /** Waits before its second commit, when all is sent that is to be committed. */
    private static Producer<byte[], byte[]> held(
            Map<String, Object> settings, CountDownLatch waits, CountDownLatch goesOn) {
        return new KafkaProducer<>(settings) {
            private int commits;

            @Override
            public void commitTransaction() {
                if (++commits == 2) {
                    waits.countDown();
                    try {
                        goesOn.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
                super.commitTransaction();
            }
        };
    }

    private void buryMany(int count) {
        expected(count).forEach(value -> bury("NO_ID", "k", value));
    }

    private static List<String> expected(int count) {
        return IntStream.range(0, count).mapToObj("%03d"::formatted).toList();
    }
}
