package dev.restoreworker.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;

class UsageTest extends CommandTestCase {

    private static final List<String> MEANINGLESS =
            List.of(
                    "dead-lettres",
                    "--dead-letters",
                    "dead-letters",
                    "dead-letters list 17",
                    "dead-letters list 0/-1",
                    "dead-letters list --reason NONE",
                    "dead-letters list --from yesterday",
                    "dead-letters list --from PT1H --to PT2H",
                    "dead-letters list --offset 3",
                    "dead-letters list 0/3 --partition 0 --offset 3",
                    "dead-letters list --execute",
                    "dead-letters show",
                    "dead-letters show 0/1 0/2",
                    "dead-letters replay",
                    "dead-letters replay --execute",
                    "dead-letters replay --limit 5 --execute",
                    "dead-letters replay 0/0 --rate 0",
                    "dead-letters replay 0/0 --limit 0");

    @Test
    void what_cannot_be_meant_is_answered_by_how_it_is_used() {
        bury("NO_ID", "k", "{}");

        for (var line : MEANINGLESS) {
            var result = run(line.split(" "));
            assertThat(result.status()).as(line).isEqualTo(2);
            assertThat(result.said()).as(line).contains("Usage: java -jar quarkus-run.jar");
        }
        assertThat(replayed()).isEmpty();
    }

    @Test
    void help_names_the_commands() {
        var result = run("--help");

        assertThat(result.status()).isZero();
        assertThat(result.said()).contains("dead-letters");
        assertThat(run("dead-letters", "replay", "--help").said()).contains("UNKNOWN_TYPE", "PT1H");
    }

    @Test
    void a_topic_that_is_not_there_is_named() {
        var access = access(Map.of("restore.topics.replayed", "nowhere"));

        var result = run(access, KafkaProducer::new, "dead-letters", "replay", "0/0", "--execute");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.said())
                .contains("no topic nowhere", "kafka-topics.sh", "cleanup.policy=compact");
        for (var setting : new String[] {"dead-letter", "requests"}) {
            var other = access(Map.of("restore.topics." + setting, "nowhere"));
            assertThat(run(other, KafkaProducer::new, "dead-letters", "replay", "0/0").said())
                    .contains("no topic nowhere", "restore.topics." + setting);
        }
    }

    @Test
    void a_topic_that_forgets_is_refused() {
        kafka.createTopic(prefix + "forgets", 1, Map.of());
        kafka.createTopic(prefix + "keeps", 1, Map.of("retention.ms", "-1"));
        var forgets = access(Map.of("restore.topics.replayed", prefix + "forgets"));
        var keeps = access(Map.of("restore.topics.replayed", prefix + "keeps"));
        bury("NO_ID", "k", "{}");

        var refused =
                run(forgets, KafkaProducer::new, "dead-letters", "replay", "0/0", "--execute");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.said()).contains("kafka-configs.sh");
        assertThat(run(keeps, KafkaProducer::new, "dead-letters", "replay", "0/0").status())
                .isZero();
    }

    @Test
    void a_failure_tells_no_secret() {
        var access =
                access(
                        Map.of(
                                "kafka.security.protocol", "SASL_PLAINTEXT",
                                "kafka.sasl.mechanism", "PLAIN",
                                "kafka.sasl.jaas.config", "a.b.C required password=\"hush\""));

        var result = run(access, KafkaProducer::new, "dead-letters", "list");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.said() + access).contains("It failed").doesNotContain("hush");
    }
}
