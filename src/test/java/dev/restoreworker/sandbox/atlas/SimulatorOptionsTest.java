package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class SimulatorOptionsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final SimulatorOptions DEFAULTS = SimulatorOptions.defaults();

    @Test
    void each_change_changes_what_it_names_and_nothing_else() {
        var account = new ServiceAccount("mdb_sa_id_0", "mdb_sa_sk_0", SECOND);

        var all =
                DEFAULTS.withHost("127.0.0.1")
                        .withPort(9)
                        .withKey("user", "secret")
                        .withNonceLifetime(SECOND)
                        .withLifecycle(SECOND, SECOND.multipliedBy(2), SECOND.multipliedBy(3))
                        .withLinkUsedAfter(SECOND.multipliedBy(4))
                        .withResumable(SECOND.multipliedBy(5))
                        .withLimits(Limits.ENFORCED)
                        .withLatency(SECOND.multipliedBy(6))
                        .withCallsKept(7)
                        .withAccount(account)
                        .withReadWithin(SECOND.multipliedBy(8));

        assertThat(all)
                .isEqualTo(
                        new SimulatorOptions(
                                "127.0.0.1",
                                9,
                                "user",
                                "secret",
                                SECOND,
                                new SimulatorOptions.Lifecycle(
                                        SECOND,
                                        SECOND.multipliedBy(2),
                                        SECOND.multipliedBy(3),
                                        SECOND.multipliedBy(4),
                                        SECOND.multipliedBy(5)),
                                Limits.ENFORCED,
                                SECOND.multipliedBy(6),
                                7,
                                account,
                                SECOND.multipliedBy(8)));
    }

    @Test
    void limits_are_only_counted_and_no_link_is_used_unless_told_otherwise() {
        assertThat(DEFAULTS.limits()).isEqualTo(new Limits(false, 20));
        assertThat(DEFAULTS.lifecycle().linkUsedAfter()).isNull();
        assertThat(DEFAULTS.lifecycle().resumable()).isEqualTo(Duration.ofHours(1));
        assertThat(DEFAULTS.withLinkUsedAfter(SECOND).withLinkUsedAfter(null)).isEqualTo(DEFAULTS);
    }

    @Test
    void what_cannot_be_is_refused() {
        var before = SECOND.negated();
        var impossible =
                List.<UnaryOperator<SimulatorOptions>>of(
                        it -> it.withPort(-1),
                        it -> it.withNonceLifetime(Duration.ZERO),
                        it -> it.withLifecycle(before, SECOND, SECOND),
                        it -> it.withLifecycle(SECOND, before, SECOND),
                        it -> it.withLifecycle(SECOND, SECOND, before),
                        it -> it.withLinkUsedAfter(before),
                        it -> it.withResumable(before),
                        it -> it.withLatency(before),
                        it -> it.withCallsKept(0),
                        it -> it.withReadWithin(Duration.ZERO));

        assertThat(impossible)
                .allSatisfy(
                        change ->
                                assertThatIllegalArgumentException()
                                        .isThrownBy(() -> change.apply(DEFAULTS)));
    }
}
