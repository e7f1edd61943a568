package dev.restoreworker;

import static dev.restoreworker.LedgerFixture.ATLAS_NOON;
import static dev.restoreworker.LedgerFixture.abandoning;
import static dev.restoreworker.LedgerFixture.answering;
import static dev.restoreworker.LedgerFixture.following;
import static dev.restoreworker.LedgerFixture.submitting;
import static dev.restoreworker.LedgerFixture.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.Ledger.History;
import dev.restoreworker.Ledger.Move;
import dev.restoreworker.Ledger.Opened;
import dev.restoreworker.Resolutions.Resolved;
import dev.restoreworker.core.Ending;
import dev.restoreworker.core.FixedRetryPolicy;
import dev.restoreworker.core.LedgerEntry;
import dev.restoreworker.core.LedgerEntry.Stage.Tracked;
import dev.restoreworker.core.Lifecycle;
import dev.restoreworker.core.Resolution;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SubmitReply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An operator's word on a request whose outcome is unknown. */
class ResolutionsTest {

    private static final Resolution WORD = new Resolution("zoe", "seen in Atlas");
    private static final String JOB =
            "%08x%016x".formatted(ATLAS_NOON.plusSeconds(1).getEpochSecond(), 1);
    private static final String OTHER =
            "%08x%016x".formatted(ATLAS_NOON.plusSeconds(1).getEpochSecond(), 2);

    private final SettableClock clock = new SettableClock(LedgerFixture.NOON);
    private final InMemoryLedger ledger = new InMemoryLedger(clock);
    private final Resolutions resolutions =
            new Resolutions(ledger, new PlainEvents(), new Lifecycle(FixedRetryPolicy.DEFAULT));

    @Test
    void a_job_that_is_named_is_the_request_s_and_followed_at_once() {
        unknown("r-1");

        var history = done(resolutions.resolve("r-1", JOB, WORD));

        assertThat(history.resolution()).isEqualTo(WORD);
        assertThat(history.resolvedAt()).isEqualTo(clock.instant());
        assertThat(history.ending()).isNull();
        assertThat(ledger.claimWatches(1, Duration.ofMinutes(1)))
                .as("its jobs are listed at once")
                .singleElement()
                .satisfies(
                        watch ->
                                assertThat(watch.tracked())
                                        .singleElement()
                                        .returns(JOB, it -> ((Tracked) it.stage()).jobId()));
        assertThat(published()).isEmpty();
    }

    @Test
    void none_ends_it_as_not_found_with_its_event() {
        unknown("r-1");

        var history = done(resolutions.resolve("r-1", null, WORD));

        assertThat(history.ending())
                .isEqualTo(new Ending(Ending.Kind.NOT_FOUND, null, null, null, WORD));
        assertThat(history.open()).isNull();
        assertThat(published()).containsExactly("JOB_FINISHED r-1 not-found");
    }

    @Test
    void the_same_word_again_changes_nothing() {
        unknown("r-1");
        unknown("r-2");
        resolutions.resolve("r-1", null, WORD);
        resolutions.resolve("r-2", JOB, WORD);
        var first = ledger.find("r-1");
        var second = ledger.find("r-2");

        var again = new Resolution("max", "me too");
        done(resolutions.resolve("r-1", null, again));
        done(resolutions.resolve("r-2", JOB, again));

        assertThat(ledger.find("r-1")).isEqualTo(first);
        assertThat(ledger.find("r-2")).isEqualTo(second);
        assertThat(published()).hasSize(1);
    }

    @Test
    void another_word_afterwards_is_refused() {
        unknown("r-1");
        unknown("r-2");
        resolutions.resolve("r-1", null, WORD);
        resolutions.resolve("r-2", JOB, WORD);

        assertThat(refusal(resolutions.resolve("r-1", JOB, WORD))).contains("not-found");
        assertThat(refusal(resolutions.resolve("r-2", null, WORD))).contains(JOB);
        assertThat(refusal(resolutions.resolve("r-2", OTHER, WORD))).contains(JOB);
    }

    @Test
    void a_job_of_another_request_is_refused_with_its_name() {
        var first = opened("r-1");
        var created = new SubmitReply.Created(JOB, ATLAS_NOON, "https://atlas/" + JOB);
        ledger.move(first, answering(1, created), List.of());
        unknown("r-2");

        assertThat(refusal(resolutions.resolve("r-2", JOB, WORD))).contains("r-1");
        assertThat(history("r-2").resolution()).isNull();
    }

    @Test
    void where_there_is_nothing_to_resolve_it_says_what_there_is() {
        ledger.open(List.of(waiting("r-1")));
        var second = opened("r-2");
        var created = new SubmitReply.Created(JOB, ATLAS_NOON, "https://atlas/" + JOB);
        ledger.move(second, answering(1, created), List.of());

        assertThat(refusal(resolutions.resolve("r-1", null, WORD))).contains("waiting");
        assertThat(refusal(resolutions.resolve("r-2", null, WORD))).contains("its job is " + JOB);
        assertThat(resolutions.resolve("r-3", null, WORD)).isEqualTo(new Resolved.Unknown());
    }

    @Test
    void a_move_that_comes_between_makes_it_decide_anew() {
        unknown("r-1");
        clock.advance(Duration.ofHours(1));
        var asked = new AtomicInteger();
        var events =
                new PlainEvents() {
                    @Override
                    public OutgoingEvent finished(RestoreRequest request, Ending ending) {
                        if (asked.getAndIncrement() == 0) {
                            ledger.claim(1, Duration.ofMinutes(1));
                        }
                        return super.finished(request, ending);
                    }
                };
        var overtaken = new Resolutions(ledger, events, new Lifecycle(FixedRetryPolicy.DEFAULT));

        assertThat(done(overtaken.resolve("r-1", null, WORD)).ending()).isNotNull();
        assertThat(asked).hasValue(2);
        assertThat(published()).hasSize(1);
    }

    private void unknown(String id) {
        var abandoned = ((Move.Moved) ledger.move(opened(id), abandoning(1), List.of())).entry();
        ledger.move(abandoned, following(), List.of());
    }

    private LedgerEntry opened(String id) {
        return ((Opened.Fresh) ledger.open(List.of(submitting(id))).getFirst()).entry();
    }

    private History history(String id) {
        return ledger.find(id).orElseThrow();
    }

    private static History done(Resolved resolved) {
        return ((Resolved.Done) resolved).history();
    }

    private static String refusal(Resolved resolved) {
        return ((Resolved.Refused) resolved).why();
    }

    private List<String> published() {
        return PlainEvents.told(ledger.outbox());
    }
}
