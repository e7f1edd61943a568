package dev.restoreworker;

import org.jspecify.annotations.Nullable;

/** A record that wants a request cancelled. */
public interface ReceivedCancel {

    /** The request that is to be cancelled. */
    String requestId();

    @Nullable String requestedBy();

    @Nullable String reason();

    Origin origin();

    /** The record as a dead letter, should it be impossible. */
    DeadLetter letter(DeadLetter.Reason reason, String detail);
}
