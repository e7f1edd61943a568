package dev.restoreworker.core;

import dev.restoreworker.core.Outcome.Reason;
import java.util.Locale;

/** What a waiting request waits for. The names are part of the ledger. */
public enum WaitsFor {
    /** Nothing: it is due, and is taken as soon as there is room. */
    TURN(Reason.ATLAS_UNAVAILABLE),
    /** One of the project's download slots. */
    SLOT(Reason.QUOTA_EXCEEDED),
    /** The snapshot: another download of it lives, or it is not complete. */
    SNAPSHOT(Reason.QUOTA_EXCEEDED),
    /** The target cluster: it is being restored, paused or imported to. */
    TARGET(Reason.TARGET_BUSY),
    /** Atlas' rate limit. */
    RATE(Reason.ATLAS_UNAVAILABLE),
    /** A credential that Atlas accepts for what was asked. */
    CREDENTIAL(Reason.CREDENTIAL_REFUSED),
    /** Atlas: it can't be reached, or says that it does not take changes now. */
    ATLAS(Reason.ATLAS_UNAVAILABLE),
    /** The operator: sending is paused. */
    SENDING_PAUSED(Reason.ATLAS_UNAVAILABLE);

    private final Reason atTheEnd;

    WaitsFor(Reason atTheEnd) {
        this.atTheEnd = atTheEnd;
    }

    /** As it is published. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether other downloads have to end first. */
    public boolean isForRoom() {
        return this == SLOT || this == SNAPSHOT;
    }

    /** Why the request failed, if this is what it still waited for when patience ended. */
    public Reason atTheEnd() {
        return atTheEnd;
    }
}
