package dev.restoreworker.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.restoreworker.core.Delivery.Target;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetPolicyTest {

    private static final String PROJECT = Requests.PROJECT;

    @Test
    void nothing_is_allowed_unless_somebody_allowed_it() {
        var policy = new TargetPolicy(List.of(), List.of());

        assertThat(policy.objection(onto("standby"))).isPresent();
        assertThat(
                        policy.objection(
                                new Delivery.PointInTime(
                                        new Delivery.Time.UtcSeconds(1_700_000_000),
                                        new Target(PROJECT, "x"))))
                .isPresent();
    }

    @Test
    void a_download_wipes_nothing_and_needs_no_permission() {
        var policy = new TargetPolicy(List.of(), List.of("*/*"));

        assertThat(policy.objection(new Delivery.Download(Requests.SNAPSHOT))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "*/*, true",
        "5e2211c17a3e5a48f5497de3/standby, true",
        "5e2211c17a3e5a48f5497de3/stand*, true",
        "*/*by, true",
        "5e22*/standby, true",
        "*/stand, false",
        "*/tandby, false",
        "*/STANDBY, true",
        "ffffffffffffffffffffffff/standby, false"
    })
    void a_pattern_matches_whole_names(String pattern, boolean allowed) {
        var policy = new TargetPolicy(List.of(pattern), List.of());

        assertThat(policy.objection(onto("standby")).isEmpty()).isEqualTo(allowed);
    }

    @Test
    void protection_wins() {
        var policy = new TargetPolicy(List.of("*/*"), List.of("*/prod*"));

        assertThat(policy.objection(onto("production")))
                .hasValueSatisfying(why -> assertThat(why).contains("*/prod*", "protected"));
        assertThat(policy.objection(onto("standby"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "production",
                "a/b/c",
                "/b",
                "a/",
                "/",
                "Production Project/orders",
                "5E2211C17A3E5A48F5497DE3/orders",
                "*/prod_db",
                "*/s.andby"
            })
    void a_pattern_that_is_none_is_refused_by_name(String pattern) {
        assertThatThrownBy(() -> new TargetPolicy(List.of(), List.of(pattern)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + pattern + "'");
    }

    private static Delivery onto(String cluster) {
        return new Delivery.Automated(Requests.SNAPSHOT, new Target(PROJECT, cluster));
    }
}
