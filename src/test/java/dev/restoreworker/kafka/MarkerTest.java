package dev.restoreworker.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.kafka.Marker.Last;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkerTest {

    private static final UUID LEDGER = UUID.fromString("00000000-0000-4000-8000-000000000001");

    @Test
    void a_marker_is_read_as_it_was_written() {
        var marker = new Marker(LEDGER, 7, Long.MAX_VALUE);

        assertThat(Marker.read(marker.value().getBytes(UTF_8))).isEqualTo(new Last.Found(marker));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not JSON",
                "[]",
                "{}",
                "{\"format\":2,\"ledger\":\"00000000-0000-4000-8000-000000000001\",\"batch\":1,\"counter\":1}",
                "{\"format\":\"1\",\"ledger\":\"00000000-0000-4000-8000-000000000001\",\"batch\":1,\"counter\":1}",
                "{\"format\":1,\"ledger\":\"somebody\",\"batch\":1,\"counter\":1}",
                "{\"format\":1,\"batch\":1,\"counter\":1}",
                "{\"format\":1,\"ledger\":\"00000000-0000-4000-8000-000000000001\",\"counter\":1}",
                "{\"format\":1,\"ledger\":\"00000000-0000-4000-8000-000000000001\",\"batch\":-1,\"counter\":1}",
                "{\"format\":1,\"ledger\":\"00000000-0000-4000-8000-000000000001\",\"batch\":1.5,\"counter\":1}",
                "{\"format\":1,\"ledger\":\"00000000-0000-4000-8000-000000000001\",\"batch\":1,\"counter\":9223372036854775808}",
            })
    void what_is_no_marker_of_the_known_format_is_not_taken_for_one(String value) {
        assertThat(Marker.read(value.getBytes(UTF_8))).isInstanceOf(Last.Unreadable.class);
    }
}
