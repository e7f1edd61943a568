package dev.restoreworker.sandbox;

/**
 * One record that the sandbox publishes, and what the worker owes for it.
 *
 * @param requestId the record's key; the record itself may be too broken to say it
 */
record Sample(String requestId, String value, Expectation expectation) {
    sealed interface Expectation {
        /** Exactly this outcome, once. */
        record Ends(Outcome outcome) implements Expectation {}

        /** A repetition of an earlier record: its request gets no outcome beyond the first. */
        record AddsNothing() implements Expectation {}
    }
}
