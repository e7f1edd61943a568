package dev.restoreworker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompanyTest {

    private static final Duration REST = Duration.ofMillis(10);

    private final Company company = new Company(500, REST);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void nobody_waits_when_few_come(int written) {
        assertThat(company.after(written)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 499})
    void a_crowd_gathers(int written) {
        assertThat(company.after(written)).isEqualTo(REST);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 501})
    void nobody_waits_behind_a_full_batch(int written) {
        assertThat(company.after(written)).isZero();
    }
}
