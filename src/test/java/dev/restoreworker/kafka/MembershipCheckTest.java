package dev.restoreworker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MembershipCheckTest {

    private record Told(MetricName metricName, Object metricValue) implements Metric {}

    @ParameterizedTest
    @CsvSource({
        "0, -1, false", // refused, or still on its way
        "1, -1, true", // its first heartbeat is yet to come
        "3, 0, true",
        "3, 45, true",
        "3, 46, false", // let in once, and refused since
    })
    void who_was_let_in_and_is_heard_is_a_member(double joined, double silent, boolean member) {
        var metrics = new HashMap<MetricName, Metric>();
        tell(metrics, MembershipCheck.JOINED, joined);
        tell(metrics, MembershipCheck.SILENT_FOR, silent);
        tell(metrics, "version", "4.1.2");

        assertThat(MembershipCheck.isMember(metrics)).isEqualTo(member);
    }

    @Test
    void a_consumer_that_tells_nothing_is_no_member() {
        assertThat(MembershipCheck.isMember(Map.of())).isFalse();
    }

    private static void tell(Map<MetricName, Metric> metrics, String name, Object value) {
        var metric = new MetricName(name, "consumer-coordinator-metrics", "", Map.of());
        metrics.put(metric, new Told(metric, value));
    }
}
