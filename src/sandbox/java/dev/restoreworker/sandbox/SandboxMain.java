package dev.restoreworker.sandbox;

import io.quarkus.runtime.annotations.QuarkusMain;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts the worker with all that it needs. In dev mode each reload runs {@code main} once more in
 * the same JVM: it is a new sandbox, with new data, on the same ports.
 */
@QuarkusMain(name = "sandbox")
public final class SandboxMain {
    private static final Duration RELOAD_MAX = Duration.ofSeconds(30);

    /** A property of the JVM, as each reload loads this class anew. */
    private static final String STARTED_BEFORE = "sandbox.started-before";

    SandboxMain() {} // not private: Quarkus takes whatever has a main for a bean

    public static void main(String... args) {
        QuietLogs.apply();
        QuietLogs.tellQuarkus();
        launch(args).ifPresent(System::exit);
    }

    /** The status to end the process with; empty if others decide when it ends. */
    private static OptionalInt launch(String... args) {
        try {
            var settings = SandboxSettings.of(System.getProperties());
            var complaint = portComplaint(settings);
            if (complaint.isEmpty()) {
                return new SandboxRun(settings).run(args);
            }
            System.err.println(complaint.get());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
        }
        return OptionalInt.of(1);
    }

    /**
     * A reload begins while the sandbox before it still ends, so ports are waited for then. Dev
     * mode itself keeps the worker's.
     */
    private static Optional<String> portComplaint(SandboxSettings settings) {
        if (System.setProperty(STARTED_BEFORE, "true") == null) {
            return SandboxSettings.complaint(settings.ports());
        }
        var until = Instant.now().plus(RELOAD_MAX);
        var complaint = SandboxSettings.complaint(settings.partPorts());
        while (complaint.isPresent() && Instant.now().isBefore(until)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            complaint = SandboxSettings.complaint(settings.partPorts());
        }
        return complaint;
    }
}
