package dev.restoreworker.sandbox.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every document, rule and act that the page shows is one that the simulator takes. */
final class SandboxPageTest {
    private static final Pattern RULE = Pattern.compile("`(\\{\"(?:when|then)\".*?})`");
    private static final Pattern DOCUMENT = Pattern.compile("(?s)```json\n(.*?)```");
    private static final Pattern COMMAND = Pattern.compile("faults -d '(.*?)'");
    private static final Pattern LIMITS = Pattern.compile("simulator/limits -d '(.*?)'");
    private static final Pattern JOB = Pattern.compile("simulator/jobs -d '(.*?)'");
    private static final Pattern ACT = Pattern.compile("(?m)^\\| `([a-z]+)` \\| .*slot");

    private final Faults faults = new Faults(Duration.ofSeconds(60), Clock.systemUTC());
    private final JobBook jobs =
            new JobBook(SimulatorOptions.defaults(), Clock.systemUTC(), () -> Duration.ZERO);
    private final JobControl control = new JobControl(jobs, new ByHand(jobs, Duration.ofHours(1)));

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

    @Test
    void every_limit_and_every_job_is_taken() throws IOException {
        assertThat(found(LIMITS))
                .hasSize(1)
                .allSatisfy(
                        document ->
                                assertThat(control.limit(Buffer.buffer(document)))
                                        .isEqualTo(new JsonObject(document)));
        assertThat(found(JOB))
                .hasSize(1)
                .allSatisfy(document -> control.make(Buffer.buffer(document)));
        assertThat(jobs.size()).isEqualTo(1);
    }

    @Test
    void every_act_is_known() throws IOException {
        assertThat(found(ACT))
                .containsExactly("fetch", "interrupt", "fail", "cancel")
                .allSatisfy(act -> assertThat(control.act("jobs/1/" + act)).isNotNull());
        assertThat(control.act("jobs/1/forget")).isNull();
    }

    private static List<String> found(Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(Path.of("docs/sandbox.md")))
                .results()
                .map(it -> it.group(1))
                .toList();
    }
}
