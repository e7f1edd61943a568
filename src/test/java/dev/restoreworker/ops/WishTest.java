package dev.restoreworker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.core.Resolution;
import dev.restoreworker.ops.Wish.Read;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator can say of a request, and what is no such word. */
class WishTest {

    private static final String JOB = "65ba1c2e70dfbf1010295999";

    @Test
    void a_job_or_none_is_read_with_who_and_why() {
        var by = "\"by\": \" zoë \", \"reason\": \"seen in Atlas\"}";

        assertThat(Wish.read("{\"job\": \"" + JOB + "\", " + by))
                .isEqualTo(
                        new Read.Understood(new Wish(JOB, new Resolution("zoë", "seen in Atlas"))));
        assertThat(Wish.read("{\"job\": \"none\", " + by))
                .isEqualTo(
                        new Read.Understood(
                                new Wish(null, new Resolution("zoë", "seen in Atlas"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "not json | JSON",
                "[] | job",
                "{'by': 'zoe', 'reason': 'r'} | job",
                "{'job': null, 'by': 'zoe', 'reason': 'r'} | job",
                "{'job': '65BA1C2E70DFBF1010295999', 'by': 'zoe', 'reason': 'r'} | job",
                "{'job': 'none', 'reason': 'r'} | by",
                "{'job': 'none', 'by': ' ', 'reason': 'r'} | by",
                "{'job': 'none', 'by': 'zoe'} | reason",
                "{'job': 'none', 'by': 'zoe', 'reason': 'a\\nb'} | reason",
            })
    void what_is_not_understood_is_told(String body, String fault) {
        assertThat(Wish.read(body.replace('\'', '"')))
                .isInstanceOfSatisfying(
                        Read.Faulty.class,
                        faulty ->
                                assertThat(faulty.faults())
                                        .anySatisfy(each -> assertThat(each).contains(fault)));
    }

    @Test
    void no_body_is_no_word() {
        assertThat(Wish.read("")).isInstanceOf(Read.Faulty.class);
    }
}
