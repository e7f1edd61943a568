package dev.restoreworker.atlas;

import dev.restoreworker.AtlasConfig;
import dev.restoreworker.RestoreConfig;
import dev.restoreworker.atlas.AtlasHttp.Exchanged;
import io.smallrye.faulttolerance.api.CircuitBreakerMaintenance;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;

/**
 * The way to Atlas, with one breaker for create calls and one for reads.
 *
 * <p>There is no {@code @Timeout}: it would give up on a call that is still under way. A call has a
 * deadline of its own, at which its connection is reset.
 */
@ApplicationScoped
class AtlasConnection {

    static final String CREATE_BREAKER = "atlas-create";
    static final String READ_BREAKER = "atlas-read";

    /** What is said while a breaker is open. */
    static final String LEFT_ALONE =
            "Atlas failed too often of late, and is left alone for a while";

    private final AtlasHttp http;
    private final BooleanSupplier createBreakerIsOpen;

    /**
     * A connection for each permit, one for the read that each credential may have out, and one for
     * each list that may be read at once.
     */
    @Inject
    AtlasConnection(
            Vertx vertx,
            AtlasClock clock,
            AtlasConfig atlas,
            RestoreConfig restore,
            CircuitBreakerMaintenance breakers) {
        this(
                new AtlasHttp(
                        vertx,
                        clock,
                        atlas.url(),
                        atlas.timeout(),
                        restore.inFlight() + atlas.credentials().size() + SharedLists.AT_ONCE),
                () -> breakers.currentState(CREATE_BREAKER) == CircuitBreakerState.OPEN);
    }

    AtlasConnection(AtlasHttp http, BooleanSupplier createBreakerIsOpen) {
        this.http = http;
        this.createBreakerIsOpen = createBreakerIsOpen;
    }

    /** Whether the breaker of create calls is open: when its time is over it lets one call out. */
    boolean leavesCreatesAlone() {
        return createBreakerIsOpen.getAsBoolean();
    }

    /**
     * Sends again only what provably was not sent: to repeat a create call after anything else
     * could wipe a cluster twice. The breaker counts what speaks against Atlas or the way to it; a
     * refusal, a rate limit among them, is returned and does not.
     *
     * @throws ExchangeException if there is no answer, or one that counts for the breaker
     */
    @Retry(
            maxRetries = 2,
            delay = 200,
            jitter = 100,
            retryOn = ExchangeException.NotConnected.class)
    @CircuitBreaker(
            requestVolumeThreshold = 20,
            failureRatio = 0.5,
            delay = 5_000,
            failOn = ExchangeException.class)
    @CircuitBreakerName(CREATE_BREAKER)
    Exchanged create(Send send) {
        return exchange(send);
    }

    /**
     * The same for a read, with a breaker of its own: looks that succeed would hide that create
     * calls fail, and each of those that fail leaves an unknown.
     */
    @Retry(
            maxRetries = 2,
            delay = 200,
            jitter = 100,
            retryOn = ExchangeException.NotConnected.class)
    @CircuitBreaker(
            requestVolumeThreshold = 20,
            failureRatio = 0.5,
            delay = 5_000,
            failOn = ExchangeException.class)
    @CircuitBreakerName(READ_BREAKER)
    Exchanged read(Send send) {
        return exchange(send);
    }

    private Exchanged exchange(Send send) {
        var exchanged = http.exchange(send);
        if (exchanged instanceof Exchanged.Answered(var answer) && answer.status() >= 500) {
            throw new ExchangeException.ServerError(answer);
        }
        return exchanged;
    }

    @PreDestroy
    void close() {
        http.close();
    }
}
