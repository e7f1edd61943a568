package dev.restoreworker.kafka;

import static dev.restoreworker.kafka.Records.VALID;
import static dev.restoreworker.kafka.Records.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.DeadLetter;
import dev.restoreworker.DeadLetter.Reason;
import dev.restoreworker.Insistence;
import dev.restoreworker.LedgerUnavailableException;
import dev.restoreworker.ReceivedCancel;
import dev.restoreworker.ReceivedRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RestoreRequestConsumerTest {

    private final List<List<ReceivedRecord>> received = new ArrayList<>();
    private final List<List<ReceivedCancel>> cancelled = new ArrayList<>();
    private final List<List<DeadLetter>> buried = new ArrayList<>();
    private int failuresLeft;

    private final Insistence insistence = new Insistence();
    private final RestoreRequestConsumer consumer =
            new RestoreRequestConsumer(
                    Records.READER,
                    cancels -> answer(cancelled, cancels),
                    requests -> answer(received, requests),
                    letters -> answer(buried, letters),
                    insistence);

    private <T> void answer(List<List<T>> kept, List<T> given) {
        if (failuresLeft > 0) {
            failuresLeft--;
            throw new LedgerUnavailableException("the ledger is down", new IllegalStateException());
        }
        kept.add(given);
    }

    @Test
    void requests_and_dead_letters_go_their_ways_in_order() {
        consumer.onBatch(
                batch(
                        record(VALID),
                        record("nonsense"),
                        record(VALID.replace("dr-1", "dr-2")),
                        record("{}")));

        assertThat(received).hasSize(1);
        assertThat(received.getFirst())
                .extracting(ReceivedRecord::requestId)
                .containsExactly("dr-1", "dr-2");
        assertThat(buried).hasSize(1);
        assertThat(buried.getFirst())
                .extracting(DeadLetter::reason)
                .containsExactly(Reason.UNREADABLE, Reason.NO_ID);
    }

    @Test
    void what_cancels_comes_first_wherever_it_stood_in_its_batch() {
        var order = new ArrayList<String>();
        var ordered =
                new RestoreRequestConsumer(
                        Records.READER,
                        cancels -> cancels.forEach(each -> order.add("cancel " + each.requestId())),
                        requests -> requests.forEach(each -> order.add(each.requestId())),
                        buried::add,
                        insistence);

        ordered.onBatch(
                batch(
                        record(VALID),
                        record("{\"requestId\":\"dr-1\",\"action\":\"cancel\"}"),
                        record(VALID.replace("dr-1", "dr-2")),
                        record("{\"requestId\":\"dr-9\",\"action\":\"cancel\"}")));

        assertThat(order).containsExactly("cancel dr-1", "cancel dr-9", "dr-1", "dr-2");
    }

    @Test
    void nobody_is_troubled_with_an_empty_list() {
        consumer.onBatch(batch(record(VALID)));
        consumer.onBatch(batch(record("nonsense")));

        assertThat(received).hasSize(1);
        assertThat(buried).hasSize(1);
        assertThat(cancelled).isEmpty();
    }

    @Test
    void a_ledger_that_is_down_is_waited_for() {
        failuresLeft = 2;
        consumer.onBatch(batch(record(VALID), record("nonsense")));

        assertThat(failuresLeft).isZero();
        assertThat(received).hasSize(1);
        assertThat(buried).hasSize(1);
    }

    @Test
    void waiting_ends_unacknowledged_when_the_application_stops() throws InterruptedException {
        var tried = new CountDownLatch(1);
        var waiting =
                new RestoreRequestConsumer(
                        Records.READER,
                        cancelled::add,
                        _ -> {
                            tried.countDown();
                            throw new LedgerUnavailableException(
                                    "the ledger is down", new IllegalStateException());
                        },
                        buried::add,
                        insistence);
        var failure = new AtomicReference<@Nullable Throwable>();
        var thread =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        waiting.onBatch(batch(record(VALID)));
                                    } catch (RuntimeException e) {
                                        failure.set(e);
                                    }
                                });
        tried.await();
        assertThat(thread.isAlive()).isTrue();
        insistence.stop();
        thread.join();

        assertThat(failure.get()).isInstanceOf(Insistence.StoppedException.class);
    }

    @Test
    void waiting_ends_unacknowledged_when_it_is_interrupted() {
        failuresLeft = 1;
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> consumer.onBatch(batch(record(VALID))))
                .isInstanceOf(Insistence.StoppedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(received).isEmpty();
    }

    @Test
    void what_works_at_once_is_done_even_while_stopping() {
        insistence.stop();
        consumer.onBatch(batch(record(VALID.getBytes(UTF_8))));

        assertThat(received).hasSize(1);
    }

    @SafeVarargs
    private static ConsumerRecords<byte[], byte[]> batch(
            ConsumerRecord<byte[], byte[]>... records) {
        return new ConsumerRecords<>(
                Map.of(new TopicPartition("requests", 3), List.of(records)), Map.of());
    }
}
