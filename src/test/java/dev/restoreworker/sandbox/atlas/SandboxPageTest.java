package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every document and every rule that the page shows is one that the simulator takes. */
final class SandboxPageTest {
    private static final Pattern RULE = Pattern.compile("`(\\{\"(?:when|then)\".*?})`");
    private static final Pattern DOCUMENT = Pattern.compile("(?s)```json\n(.*?)```");
    private static final Pattern COMMAND = Pattern.compile("faults -d '(.*?)'");

    private final Faults faults = new Faults(Duration.ofSeconds(60), Clock.systemUTC());

    @Test
    void every_rule_is_taken() throws IOException {
        var rules = found(RULE);

        assertThat(rules).hasSizeGreaterThan(15);
        assertThat(rules)
                .allSatisfy(
                        rule ->
                                assertThatNoException()
                                        .isThrownBy(
                                                () -> faults.put("{\"rules\": [" + rule + "]}")));
    }

    @Test
    void every_document_is_taken() throws IOException {
        assertThat(found(DOCUMENT)).hasSize(1).allSatisfy(faults::put);
        assertThat(found(COMMAND)).hasSize(1).allSatisfy(faults::put);
    }

    private static List<String> found(Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(Path.of("docs/sandbox.md")))
                .results()
                .map(it -> it.group(1))
                .toList();
    }
}
