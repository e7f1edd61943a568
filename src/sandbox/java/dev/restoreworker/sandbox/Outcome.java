package dev.restoreworker.sandbox;

/**
 * How a request ended, as far as a sample can be held to it.
 *
 * @param event the short name of its event, or {@link #DEAD_LETTER}
 * @param reason empty where a job was created
 */
record Outcome(String event, String reason) {
    static final String CREATED = "job-created";
    static final String FAILED = "job-failed";
    static final String DEAD_LETTER = "dead-letter";

    static Outcome created() {
        return new Outcome(CREATED, "");
    }

    static Outcome failed(String reason) {
        return new Outcome(FAILED, reason);
    }

    static Outcome deadLetter(String reason) {
        return new Outcome(DEAD_LETTER, reason);
    }

    /** Other events tell how things go, or how the job went afterwards. */
    boolean isFinal() {
        return switch (event) {
            case CREATED, FAILED, DEAD_LETTER -> true;
            default -> false;
        };
    }

    @Override
    public String toString() {
        return reason.isEmpty() ? event : event + " " + reason;
    }
}
