package dev.restoreworker.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTest {

    private static final String IDS = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";
    private static final String PARENT = "00-" + IDS + "-01";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=b",
                "a=1,b=2",
                "rojo=00f067aa0ba902b7 ,\tcongo=t61rcWkgMzE",
                "fw529a3039@dt=FfffffFF,,x-*/_=!",
                "a=with space inside",
            })
    void a_trace_is_kept_as_it_came(String state) {
        assertThat(Trace.of(PARENT, state)).contains(new Trace(PARENT, state));
    }

    @Test
    void a_trace_needs_no_state() {
        assertThat(Trace.of(PARENT, null)).contains(new Trace(PARENT, null));
    }

    @Test
    void a_state_without_a_parent_is_no_trace() {
        assertThat(Trace.of(null, "a=b")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
                " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nX: 1",
            })
    void what_is_no_parent_is_no_trace(String parent) {
        assertThat(Trace.of(parent, "a=b")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cc-" + IDS + "-01", "cc-" + IDS + "-01-what-will-be-known-then"})
    void a_parent_of_a_later_version_is_handed_on_as_what_is_known_of_it(String parent) {
        assertThat(Trace.of(parent, null)).contains(new Trace(PARENT, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a", "=b", "A=b", "a=b=c", "a=é", "a=\r\nX: 1", "a=b;c=", ",a"})
    void a_state_that_is_none_is_left_out(String state) {
        assertThat(Trace.of(PARENT, state)).contains(new Trace(PARENT, null));
    }

    @Test
    void a_state_that_is_too_long_is_left_out() {
        var longest = "a=" + "x".repeat(255) + ",b=" + "x".repeat(252);

        assertThat(Trace.of(PARENT, longest)).contains(new Trace(PARENT, longest));
        assertThat(Trace.of(PARENT, longest + "x")).contains(new Trace(PARENT, null));
        assertThat(Trace.of(PARENT, "a=1,".repeat(33))).contains(new Trace(PARENT, null));
    }
}
