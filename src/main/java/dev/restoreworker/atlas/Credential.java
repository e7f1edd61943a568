package dev.restoreworker.atlas;

import dev.restoreworker.AtlasBackups.Readiness;
import dev.restoreworker.core.WaitsFor;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One API key, and the one read at a time that makes it ready. */
final class Credential {

    private final String name;
    private final DigestAuth auth;
    private @Nullable CompletableFuture<Readiness> preparing;

    Credential(String name, DigestAuth auth) {
        this.name = name;
        this.auth = auth;
    }

    String name() {
        return name;
    }

    DigestAuth auth() {
        return auth;
    }

    /**
     * Of several callers one carries out {@code preparation}, and the others wait for it and take
     * what came of it, unless {@code known} says otherwise by then. One key has many projects, and
     * what was refused for another one, and does not hold for this one, is tried anew.
     */
    Readiness prepare(Supplier<Optional<Readiness>> known, Supplier<Readiness> preparation)
            throws InterruptedException {
        var mine = new CompletableFuture<Readiness>();
        for (var running = join(mine); running.isPresent(); running = join(mine)) {
            var shared = await(running.get());
            var own = known.get();
            if (own.isPresent() || !isOfOneProject(shared)) {
                return own.orElse(shared);
            }
        }
        try {
            var found = known.get().orElseGet(preparation);
            mine.complete(found);
            return found;
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            leave();
        }
    }

    /** Whether it may hold for the project alone that it was met for. */
    private static boolean isOfOneProject(Readiness shared) {
        return shared instanceof Readiness.Unready(var why)
                && (why.waitsFor() == WaitsFor.RATE || why.waitsFor() == WaitsFor.CREDENTIAL);
    }

    /** The preparation that is under way; if there is none, {@code mine} is from now on. */
    private synchronized Optional<CompletableFuture<Readiness>> join(
            CompletableFuture<Readiness> mine) {
        var running = Optional.ofNullable(preparing);
        if (running.isEmpty()) {
            preparing = mine;
        }
        return running;
    }

    private synchronized void leave() {
        preparing = null;
    }

    private static Readiness await(CompletableFuture<Readiness> running)
            throws InterruptedException {
        try {
            return running.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the read that all waited for broke down", e.getCause());
        }
    }

    @Override
    public String toString() {
        return "credential " + name;
    }
}
