package dev.restoreworker.atlas;

import dev.restoreworker.AtlasBackups.LastCheck;
import dev.restoreworker.atlas.DigestAuth.Signature;
import dev.restoreworker.core.SubmitReply.NotNow;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One leg of a call. It may be tried again for as long as it has not begun; each try passes the
 * last check and is signed anew.
 */
final class Send {

    private final Call call;
    private final LastCheck lastCheck;
    private final @Nullable DigestAuth auth;
    private final Deadline deadline;
    private volatile @Nullable Signature signature;
    private volatile boolean begun;

    /** Without {@code auth} it goes out unsigned. */
    Send(Call call, LastCheck lastCheck, @Nullable DigestAuth auth, Deadline deadline) {
        this.call = call;
        this.lastCheck = lastCheck;
        this.auth = auth;
        this.deadline = deadline;
    }

    Call call() {
        return call;
    }

    Deadline deadline() {
        return deadline;
    }

    Optional<NotNow> objection() {
        return lastCheck.objection();
    }

    /** Signs it for a byte that goes out next: from now on nobody can say that none did. */
    Optional<String> begin() {
        signature = auth == null ? null : auth.sign(call.method(), call.uri()).orElse(null);
        begun = true;
        return Optional.ofNullable(signature).map(Signature::header);
    }

    /** Whether any byte of it may have been written. */
    boolean begun() {
        return begun;
    }

    /** What it was last signed with. */
    @Nullable Signature signature() {
        return signature;
    }
}
