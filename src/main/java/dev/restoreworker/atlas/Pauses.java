package dev.restoreworker.atlas;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.restoreworker.core.Delivery.Target;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.SourceCluster;
import dev.restoreworker.core.SubmitReply.NotNow;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What this worker does not ask of Atlas for a while, because Atlas said so: a project whose rate
 * is limited, or what a credential is refused. What Atlas said of one call is believed for all that
 * it holds for, and for nothing else.
 *
 * <p>When a pause has passed, calls are let in one at a time; the answers say whether it is over.
 * Pauses are kept in memory alone: each worker finds out by itself, with one call.
 */
@Singleton
class Pauses {

    /** Who asks, by a project's credential, and perhaps onto a target. */
    record Caller(Asker asker, String credential, String project, @Nullable String targetProject) {

        static Caller of(RestoreRequest request, String credential) {
            return new Caller(
                    new Asker(request.id(), false),
                    credential,
                    request.projectId(),
                    request.delivery().wipes().map(Target::projectId).orElse(null));
        }

        /** Whoever waits for the list of a cluster's jobs: it is asked for no one request. */
        static Caller ofList(SourceCluster cluster, String credential) {
            return new Caller(
                    new Asker(cluster.projectId() + "/" + cluster.clusterName(), true),
                    credential,
                    cluster.projectId(),
                    null);
        }
    }

    /** A request, by its id; or all who want the list of one cluster, by its name. */
    record Asker(String name, boolean isForList) {}

    /** What is asked. A credential that may not create may still read. */
    enum Kind {
        READ,
        CREATE
    }

    /** What a pause is for. */
    enum What {
        RATE,
        CREDENTIAL,
        PROJECT,
        TARGET
    }

    /** What a pause holds for; one that a read met holds for creating, too. */
    private record Scope(What what, String name, Kind kind) {

        @Override
        public String toString() {
            return switch (what) {
                case RATE -> "project " + name;
                case CREDENTIAL -> "credential " + name;
                case PROJECT -> "a credential for project " + name;
                case TARGET -> "a credential for targets in project " + name;
            };
        }
    }

    private static final System.Logger LOG = System.getLogger(Pauses.class.getName());

    /** An answer to a call that began so lately tells that a credential works. */
    private static final Duration LATELY = Duration.ofMinutes(1);

    private final Map<Scope, Pause> pauses = new HashMap<>();
    private final Map<String, LetIn> letIn = new HashMap<>();
    private final LongSupplier nanos;
    private final DoubleSupplier random;

    /** When a credential was last let in, and for which project. */
    private record LetIn(String project, long at) {}

    @Inject
    Pauses() {
        this(System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** {@code random} draws from 0 to 1. */
    Pauses(LongSupplier nanos, DoubleSupplier random) {
        this.nanos = nanos;
        this.random = random;
    }

    /** Whether anything is on record for which a call of this project has to be let in. */
    synchronized boolean concern(String credential, String project) {
        var caller = new Caller(new Asker("", false), credential, project, null);
        return scopes(caller, Kind.CREATE).anyMatch(scope -> pause(scope) != null);
    }

    /**
     * Why the caller is not let in now; empty if it is. Where few are let in, it is one of them
     * until its answer is heard, and may enter again.
     */
    synchronized Optional<NotNow> enter(Caller caller, Kind kind) {
        var now = nanos.getAsLong();
        var found = found(caller, kind);
        var closed = found.stream().filter(each -> !each.admits(caller, now)).findFirst();
        if (closed.isEmpty()) {
            found.forEach(each -> each.admit(caller, now));
        }
        return closed.map(pause -> pause.putOff(now, random));
    }

    /** Why nothing of this caller may be sent now; empty if it may, once it was let in. */
    synchronized Optional<NotNow> stop(Caller caller, Kind kind) {
        var now = nanos.getAsLong();
        return found(caller, kind).stream()
                .filter(pause -> !pause.hasPassed(now))
                .findFirst()
                .map(pause -> pause.putOff(now, random));
    }

    /**
     * Takes in what Atlas answered to a call. Returns what it says, put off for as long as it is.
     */
    synchronized NotNow refused(Caller caller, Kind kind, Answer answer, NotNow said) {
        var now = nanos.getAsLong();
        var blamed = what(caller, AtlasReplies.blame(answer), now);
        if (blamed.isEmpty()) {
            return said;
        }
        var scope = scope(caller, blamed.get(), blamed.get() == What.RATE ? Kind.READ : kind);
        if (scope.what() == What.PROJECT || scope.what() == What.TARGET) {
            // Atlas knew whose call it was: the credential itself is a good one.
            scopes(caller, kind)
                    .filter(each -> each.what() == What.CREDENTIAL)
                    .forEach(each -> over(each, now));
        }
        var known = pause(scope);
        var pause = known == null ? new Pause(scope.what()) : known;
        pauses.put(scope, pause);
        pause.refused(caller, said, now);
        if (known == null) {
            tell(scope, pause.putOff(now, () -> 0));
        }
        return new NotNow(
                said.waitsFor(),
                said.reason(),
                pause.putOff(now, random).retryAfter(),
                said.detail(),
                said.error());
    }

    /** Takes note that a call was let in, whatever else came of it. */
    synchronized void letIn(Caller caller, Kind kind) {
        var now = nanos.getAsLong();
        letIn.put(caller.credential(), new LetIn(caller.project(), now));
        scopes(caller, kind).forEach(scope -> letIn(scope, caller, now));
    }

    /** How many stand, and are not known to be over. */
    synchronized int count(What what) {
        return (int)
                List.copyOf(pauses.keySet()).stream()
                        .filter(scope -> scope.what() == what && pause(scope) != null)
                        .map(Scope::name)
                        .distinct()
                        .count();
    }

    private void letIn(Scope scope, Caller caller, long now) {
        var pause = pauses.get(scope);
        if (pause != null && pause.letIn(caller, now)) {
            over(scope, now);
        }
    }

    private void over(Scope scope, long now) {
        var pause = pauses.get(scope);
        if (pause != null && pause.hasPassed(now)) {
            pauses.remove(scope);
            LOG.log(INFO, "The pause for {0} is over", scope);
        }
    }

    private static void tell(Scope scope, NotNow why) {
        if (scope.what() == What.RATE) {
            LOG.log(
                    WARNING,
                    "Nothing is asked of Atlas for {0} for {1}: {2}",
                    scope,
                    why.retryAfter(),
                    why.detail());
        } else {
            LOG.log(
                    ERROR,
                    "ALARM: Atlas refuses {0}. Its requests wait, and one call at a time finds out"
                            + " whether that was mended: {1}",
                    scope,
                    why.detail());
        }
    }

    /** What the refusal holds for; empty if for this one request. */
    private Optional<What> what(Caller caller, AtlasReplies.Blame blame, long now) {
        return switch (blame) {
            case REQUEST -> Optional.empty();
            case RATE -> Optional.of(What.RATE);
            case CREDENTIAL -> Optional.of(What.CREDENTIAL);
            case PROJECT -> Optional.of(What.PROJECT);
            case TARGET ->
                    caller.targetProject() == null ? Optional.empty() : Optional.of(What.TARGET);
            case UNCLEAR ->
                    Optional.of(worksElsewhere(caller, now) ? What.PROJECT : What.CREDENTIAL);
        };
    }

    private boolean worksElsewhere(Caller caller, long now) {
        var last = letIn.get(caller.credential());
        return last != null
                && !last.project().equals(caller.project())
                && now - last.at() < LATELY.toNanos();
    }

    private List<Pause> found(Caller caller, Kind kind) {
        return scopes(caller, kind).map(this::pause).flatMap(Stream::ofNullable).toList();
    }

    /** Whatever a call of this kind has to pass; nothing while nothing is paused. */
    private Stream<Scope> scopes(Caller caller, Kind kind) {
        if (pauses.isEmpty()) {
            return Stream.empty();
        }
        return Stream.of(Kind.values())
                .filter(each -> each == Kind.READ || kind == Kind.CREATE)
                .flatMap(
                        each ->
                                Stream.of(What.values())
                                        .filter(
                                                what ->
                                                        what != What.TARGET
                                                                || (caller.targetProject() != null
                                                                        && kind == Kind.CREATE))
                                        .map(what -> scope(caller, what, each)));
    }

    private static Scope scope(Caller caller, What what, Kind kind) {
        var name =
                switch (what) {
                    case RATE, PROJECT -> caller.project();
                    case CREDENTIAL -> caller.credential();
                    case TARGET -> String.valueOf(caller.targetProject());
                };
        return new Scope(what, name, kind);
    }

    /** The pause that stands, if one does: one that nobody asks about any more is forgotten. */
    private @Nullable Pause pause(Scope scope) {
        var pause = pauses.get(scope);
        if (pause != null && pause.isForgotten(nanos.getAsLong())) {
            over(scope, nanos.getAsLong());
            return null;
        }
        return pause;
    }
}
