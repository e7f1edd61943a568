package dev.restoreworker.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Each deliberate fault is found: what the simulation and the ledger's contract never complain of
 * proves nothing. {@code -Dmutant=} runs those alone whose name contains it.
 */
class MutantsTest {

    /** So many schedules must do. */
    private static final int SCHEDULES = 8_000;

    private static final String URL = "test.postgres.url";

    private static final Logger LOG = Logger.getLogger("dev.restoreworker");

    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void start() throws IOException {
        LOG.setLevel(Level.OFF);
        postgres = EmbeddedPostgres.builder().start();
        System.setProperty(URL, postgres.getJdbcUrl("postgres", "postgres"));
    }

    @AfterAll
    static void end() throws IOException {
        System.clearProperty(URL);
        postgres.close();
        LOG.setLevel(null);
    }

    static List<Mutant> mutants() {
        return Mutants.all();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void a_deliberate_fault_is_found(Mutant mutant) throws Exception {
        assumeTrue(mutant.toString().contains(System.getProperty("mutant", "")));
        var start = System.nanoTime();
        var classes = new MutantLoader(mutant);

        var found = mutant.test() == null ? simulated(classes) : tested(classes, mutant.test());

        System.out.printf(
                "%5d ms %s%n         %s%n", (System.nanoTime() - start) / 1_000_000, mutant, found);
        assertThat(found).as("%s is not found", mutant).isNotEmpty();
    }

    /** What the simulation says of these classes; nothing if it has no objection. */
    private static String simulated(ClassLoader classes) throws ReflectiveOperationException {
        var hunt =
                classes.loadClass(Simulation.class.getName())
                        .getDeclaredMethod("hunt", long.class, int.class);
        hunt.setAccessible(true);
        return (String) hunt.invoke(null, 1L, SCHEDULES);
    }

    /** What a test says of these classes; nothing if it passes. */
    private static String tested(ClassLoader classes, String test) throws Exception {
        var name = test.split("#", 2);
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        thread.setContextClassLoader(classes);
        try {
            var listener = new SummaryGeneratingListener();
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectMethod(classes.loadClass(name[0]), name[1]))
                                    .build(),
                            listener);
            var summary = listener.getSummary();
            assertThat(summary.getTestsFoundCount()).as(test).isEqualTo(1);
            return summary.getFailures().isEmpty()
                    ? ""
                    : name[1] + ": " + summary.getFailures().getFirst().getException();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
