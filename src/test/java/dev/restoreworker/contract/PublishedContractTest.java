package dev.restoreworker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody who was built against the published schemas is broken by those of now. */
class PublishedContractTest {

    private static final Path COPY = Path.of("src/test/resources/contract");

    @TempDir private Path before;
    @TempDir private Path now;

    /**
     * A compatible change passes, and {@code -Dcontract.renew=true} then makes it part of what is
     * promised. One that breaks somebody needs a new type of event beside the old one.
     */
    @Test
    void what_is_published_breaks_nobody() {
        var contract = new PublishedContract(COPY, Schemas.PUBLISHED);

        var findings = contract.findings();

        assertThat(findings.breaks()).isEmpty();
        if (Boolean.getBoolean("contract.renew")) {
            contract.renew();
        } else if (!findings.additions().isEmpty()) {
            System.out.printf(
                    "The contract has additions; once they are right, renew its copy with"
                            + " -Dtest=PublishedContractTest -Dcontract.renew=true: %s%n",
                    findings.additions());
        }
    }

    @Test
    void the_copy_is_of_a_contract() {
        assertThat(Schemas.names(COPY)).contains("restore-request", "job-created", "job-failed");
    }

    @Test
    void a_schema_that_is_gone_breaks_and_a_new_one_does_not() {
        write(before, "job-created", "{}");
        write(now, "job-cancelled", "{}");

        var findings = new PublishedContract(before, now).findings();

        assertThat(findings.breaks()).containsExactly("job-created is gone");
        assertThat(findings.additions()).containsExactly("job-cancelled is new");
    }

    @Test
    void the_same_change_may_break_requesters_and_not_readers() {
        for (var name :
                new String[] {"restore-request", "restore-request-headers", "job-created"}) {
            write(before, name, "{}");
            write(now, name, "{\"required\":[\"a\"]}");
        }

        var findings = new PublishedContract(before, now).findings();

        assertThat(findings.breaks())
                .hasSize(2)
                .allMatch(found -> found.startsWith("restore-request"));
        assertThat(findings.additions()).singleElement().asString().startsWith("job-created");
    }

    @Test
    void other_words_are_an_addition_too() {
        write(before, "job-created", "{\"title\":\"old\"}");
        write(now, "job-created", "{\"title\":\"new\"}");

        assertThat(new PublishedContract(before, now).findings().additions())
                .containsExactly("job-created: only its words");
    }

    @Test
    void renewing_takes_over_all_and_then_nothing_differs() {
        write(before, "job-created", "{\"title\":\"old\"}");
        write(now, "job-created", "{\"title\":\"new\"}");
        write(now, "job-cancelled", "{}");
        var contract = new PublishedContract(before, now);

        contract.renew();

        assertThat(contract.findings().breaks()).isEmpty();
        assertThat(contract.findings().additions()).isEmpty();
    }

    private static void write(Path folder, String name, String schema) {
        try {
            Files.writeString(Schemas.file(folder, name), schema);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
