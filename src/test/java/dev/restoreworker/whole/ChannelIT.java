package dev.restoreworker.whole;

import static dev.restoreworker.whole.RequestJson.automated;
import static dev.restoreworker.whole.RequestJson.download;
import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.KafkaOptions;
import dev.restoreworker.sandbox.SecureListener;
import dev.restoreworker.sandbox.atlas.Fault;
import dev.restoreworker.sandbox.atlas.ServiceAccount;
import dev.restoreworker.sandbox.atlas.SimulatorOptions;
import dev.restoreworker.whole.DocumentedAcls.Acl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each way to a guarded broker that the manual shows, by the variables that it shows. */
class ChannelIT {

    /** As the manual names it, and so is the service account. */
    private static final String USER = "restore-worker";

    private static final String TELLTALE = "pw-7f3a";
    private static final String PASSWORD = TELLTALE + "-${worker}";
    private static final ServiceAccount ACCOUNT =
            new ServiceAccount(USER, "account-secret-2", Duration.ofSeconds(4));
    private static final String CERTIFICATE = "CN=client";

    @TempDir private static Path folder;
    private static EmbeddedSurroundings around;
    private static DocumentedAcls acls;
    private static Events events;
    private static Events notices;

    @BeforeAll
    static void start() {
        around =
                EmbeddedSurroundings.start(
                        folder,
                        SimulatorOptions.defaults().withAccount(ACCOUNT),
                        atlas ->
                                KafkaOptions.plain(0)
                                        .withTls()
                                        .withUsers(Map.of(USER, PASSWORD))
                                        .withIssuer(atlas.keys())
                                        .withGuard());
        acls = new DocumentedAcls(around.kafka.bootstrapServers());
        List.of(USER, CERTIFICATE)
                .forEach(principal -> acls.grant(principal, DocumentedAcls.all()));
        events = Events.outcomes(around.bootstrapServers());
        notices = Events.notices(around.bootstrapServers());
    }

    @AfterAll
    static void end() {
        notices.close();
        events.close();
        acls.close();
        around.close();
    }

    @Test
    void through_tls() {
        runs("tls", tls(SecureListener.TLS));
    }

    @Test
    void through_tls_with_a_certificate_of_its_own() {
        runs("mutual-tls", mutualTls(around.kafka.certificates().client()));
    }

    @Test
    void with_a_password_that_stands_in_a_file() throws IOException {
        var file = folder.resolve("secret.properties");
        Files.writeString(
                file, Manual.properties("Secrets as files", Map.of("PASSWORD", escaped(PASSWORD))));
        var environment = scram("");
        environment.remove("KAFKA_SASL_JAAS_CONFIG");
        environment.putAll(
                Manual.variables(
                        "Secrets as files",
                        Map.of("/etc/kafka/secret.properties", file.toString())));
        // Whatever the parts beneath tell, they must not tell this.
        var log =
                runs(
                        "scram",
                        environment,
                        "-Dquarkus.log.level=DEBUG",
                        "-Dquarkus.log.category.\"org.apache.kafka\".level=DEBUG",
                        "-Dquarkus.log.category.\"org.apache.kafka.clients\".level=DEBUG");

        assertThat(log)
                .as("told by those who hold it")
                .contains("ScramSaslClient", "NetworkClient");
    }

    @Test
    void with_tokens_that_are_fetched_anew_before_they_end() {
        try (var worker = begin(oauth(ACCOUNT.secret())).awaitReady()) {
            around.send(null, download("oauth-1"), Map.of());
            assertThat(events.only("oauth-1").topic()).isEqualTo(Events.CREATED);
            var first = around.atlas.tokensIssued();

            Eventually.within(
                    Duration.ofSeconds(30),
                    () -> "the first token is over, and the second nearly",
                    () -> around.atlas.tokensIssued() >= first + 2);
            around.send(null, download("oauth-2"), Map.of());

            assertThat(events.only("oauth-2").topic()).isEqualTo(Events.CREATED);
            assertThat(worker.get("/q/health/ready").statusCode()).isEqualTo(200);
            assertThat(worker.log()).doesNotContain(" ERROR ");
            over(worker);
        }
    }

    @Test
    void a_broker_that_it_does_not_trust_gets_nothing() {
        var environment = tls(SecureListener.TLS);
        environment.put(
                "KAFKA_SSL_TRUSTSTORE_LOCATION", around.kafka.certificates().stranger().toString());

        isRefused(
                "untrusted",
                environment,
                around.kafka.bootstrapServers(SecureListener.TLS)
                        + " is held up, and tried again until it works: SSL handshake failed <- .*unable to find valid certification path");
    }

    @Test
    void a_wrong_password_is_told() {
        isRefused(
                "wrong-password",
                scram("another-pass"),
                around.kafka.bootstrapServers(SecureListener.SCRAM)
                        + " is held up, and tried again until it works: Authentication failed .* invalid credentials with SASL mechanism SCRAM-SHA-512");
    }

    @Test
    void a_wrong_secret_of_the_service_account_is_told() {
        isRefused("wrong-secret", oauth("another-secret"), "invalid_client");
    }

    @Test
    void a_certificate_that_the_broker_does_not_know_is_told() {
        isRefused(
                "unknown-certificate",
                mutualTls(around.kafka.certificates().stranger()),
                around.kafka.bootstrapServers(SecureListener.MUTUAL_TLS)
                        + " is held up, and tried again until it works: .*certificate");
    }

    @Test
    void the_acls_of_the_manual_are_enough_and_each_is_needed() {
        try (var worker = begin(scram(PASSWORD)).awaitReady()) {
            wholeJob("enough");
            assertThat(notices.of("enough created", 2))
                    .extracting(Events.Event::topic)
                    .containsExactlyInAnyOrder(Events.ACCEPTED, Events.DEFERRED);
            assertThat(worker.log()).doesNotContain("uthoriz");

            DocumentedAcls.all().stream()
                    .filter(Acl::isUsedAllTheTime)
                    .forEach(acl -> isNeeded(acl, worker));
            over(worker);
        }

        DocumentedAcls.all().stream()
                .filter(acl -> !acl.isUsedAllTheTime())
                .forEach(ChannelIT::isNeededAtTheStart);

        // The marker is read back, and all that was held up goes out.
        try (var worker = begin(scram(PASSWORD)).awaitReady()) {
            wholeJob("restarted");
            for (var acl : DocumentedAcls.all()) {
                assertOutcomes("without " + acl);
            }
            assertThat(worker.log()).doesNotContain("uthoriz", "ALARM");
            over(worker);
        }
    }

    /** What is held up for want of it goes on when it is given again, without a restart. */
    private static void isNeeded(Acl acl, WorkerProcess worker) {
        var told = worker.log().length();
        acls.revoke(USER, acl);
        try {
            sendJob("without " + acl);
            isRefused(acl, worker, told);
        } finally {
            acls.grant(USER, List.of(acl));
        }
        assertOutcomes("without " + acl);
    }

    private static void isNeededAtTheStart(Acl acl) {
        acls.revoke(USER, acl);
        try (var worker = begin(scram(PASSWORD))) {
            sendJob("without " + acl);
            isRefused(acl, worker, 0);
            if (acl.type() == ResourceType.GROUP) {
                assertThat(worker.isReady()).isFalse();
                acls.grant(USER, List.of(acl));
                worker.awaitReady();
            }
            assertThat(worker.terminate()).isIn(0, 143);
        } finally {
            acls.grant(USER, List.of(acl));
        }
    }

    private static void isRefused(Acl acl, WorkerProcess worker, int from) {
        Eventually.within(
                Duration.ofSeconds(60),
                () -> acl + " is missing and nothing failed: " + worker.log(),
                () -> worker.log().substring(from).contains(acl.refusal()));
    }

    /** Requests for each kind of event; one of those that are sent is put off once. */
    private static void wholeJob(String name) {
        sendJob(name);
        assertOutcomes(name);
    }

    private static void sendJob(String name) {
        var soon = Map.of("Retry-After", "1");
        around.atlas.faults().plan(new Fault.CannedAnswer(429, soon, "{}"), 1);
        around.send(null, download(name + " created"), Map.of());
        around.send(null, automated(name + " failed", "production"), Map.of());
        around.send(name + " dead", "no JSON", Map.of());
        finish(name);
    }

    /** As a move writes it that learns the end of an unknown job: nothing here waits that long. */
    private static void finish(String name) {
        around.execute(
                """
                insert into outbox (written_at, kind, key, value, headers)
                values (now(), 'JOB_FINISHED', '%1$s', '{"requestId":"%1$s"}', '[]')"""
                        .formatted(name.replaceAll("[^a-z]", "-")));
    }

    private static void assertOutcomes(String name) {
        assertThat(events.only(name + " created").topic()).isEqualTo(Events.CREATED);
        assertThat(events.only(name + " failed").topic()).isEqualTo(Events.FAILED);
        assertThat(events.only(name + " dead").topic()).isEqualTo(Events.DEAD);
    }

    /** From the request to its outcome; the log of it. */
    private static String runs(String id, Map<String, String> environment, String... options) {
        try (var worker = WorkerProcess.start(folder, environment, options).awaitReady()) {
            around.send(null, download(id), Map.of());
            assertThat(events.only(id).topic()).isEqualTo(Events.CREATED);
            over(worker);
            return worker.log();
        }
    }

    private static void isRefused(String id, Map<String, String> environment, String line) {
        var creates = around.atlas.books().summary().creates();
        around.send(null, download(id), Map.of());
        try (var worker = begin(environment)) {
            Eventually.within(
                    Duration.ofSeconds(60),
                    () -> "the log says " + line + ", but:\n" + worker.log(),
                    () -> {
                        assertThat(worker.isReady()).isFalse();
                        return worker.log().lines().anyMatch(it -> it.matches(".*" + line + ".*"));
                    });
            over(worker);
        }
        assertThat(around.atlas.books().summary().creates()).isEqualTo(creates);
        assertThat(isKnown(id)).as("taken in").isFalse();
    }

    private static boolean isKnown(String id) {
        try (var connection = around.connection();
                var query = connection.prepareStatement("select from request where id = ?")) {
            query.setString(1, id);
            return query.executeQuery().next();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static WorkerProcess begin(Map<String, String> environment) {
        return WorkerProcess.start(folder, environment);
    }

    /** No worker tells a secret, its own or a wrong one. */
    private static void over(WorkerProcess worker) {
        worker.terminate();
        assertThat(worker.log())
                .doesNotContain(TELLTALE, "another-pass", ACCOUNT.secret(), "another-secret");
    }

    private static Map<String, String> tls(SecureListener listener) {
        return environment("TLS", listener, "");
    }

    private static Map<String, String> mutualTls(Path certificate) {
        var environment = environment("A certificate of its own", SecureListener.MUTUAL_TLS, "");
        environment.put("KAFKA_SSL_KEYSTORE_LOCATION", certificate.toString());
        return environment;
    }

    private static Map<String, String> scram(String password) {
        return environment("SCRAM", SecureListener.SCRAM, password);
    }

    private static Map<String, String> oauth(String secret) {
        return environment("OAUTHBEARER", SecureListener.OAUTH, secret);
    }

    /** The variables of the manual, with what is here in place of its examples. */
    private static Map<String, String> environment(
            String section, SecureListener listener, String secret) {
        var here =
                Map.of(
                        "kafka.example.com:9093",
                        around.kafka.bootstrapServers(listener),
                        "/etc/kafka/ca.pem",
                        around.kafka.certificates().brokerCertificate().toString(),
                        "https://issuer.example.com/token",
                        around.atlas.tokenEndpoint().toString(),
                        "PASSWORD",
                        escaped(secret),
                        "SECRET",
                        secret);
        var environment = around.environment();
        environment.put("RESTORE_RELAY_LEASE", "2s");
        environment.put("RESTORE_DELAY_MIN", "100ms");
        environment.put("RESTORE_EVENTS_ACCEPTED", "true");
        environment.putAll(Manual.variables(section, here));
        return environment;
    }

    private static String escaped(String secret) {
        return secret.replace("${", "$${");
    }
}
