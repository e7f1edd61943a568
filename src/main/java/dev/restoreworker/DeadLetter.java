package dev.restoreworker;

/**
 * A record that cannot become, or join, a request. It is published once for each {@code
 * fingerprint} (of id and bytes), however often the record is read.
 */
public record DeadLetter(Reason reason, String fingerprint, OutgoingEvent event) {

    /** The stable names are part of the published record: add to them, never rename one. */
    public enum Reason {
        /** Not a JSON object in UTF-8, or not a well-formed CloudEvent with one. */
        UNREADABLE,
        /**
         * A type of CloudEvent, or an action, that this worker does not understand: it is not run.
         */
        UNKNOWN_TYPE,
        /** Its id is that of a request with other content. */
        REQUEST_CONFLICT,
        /** It names no id, or one that is not 1 to 255 printable characters. */
        NO_ID,
        /** It is larger than a request may be. */
        TOO_LARGE,
        /** The ledger refuses it for its data. */
        UNSTORABLE,
        /** It cancels a request whose job wipes its target, which Atlas cannot cancel. */
        NOT_CANCELLABLE
    }
}
