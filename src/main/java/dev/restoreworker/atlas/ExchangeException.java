package dev.restoreworker.atlas;

/**
 * Why no answer can be believed. Only {@link NotSent} and {@link NotConnected} prove that nothing
 * was written; after any other one, and after any exception that is none of these, the call may
 * have reached Atlas. They have no causes: those may quote what was received.
 */
abstract sealed class ExchangeException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String why;

    private ExchangeException(String why) {
        super(why);
        this.why = why;
    }

    String why() {
        return why;
    }

    /** Nothing was written, as there was no connection. It may be tried again at once. */
    static final class NotConnected extends ExchangeException {
        private static final long serialVersionUID = 1;

        NotConnected(String message) {
            super(message);
        }
    }

    /** Nothing was written, and to try again at once would not help. */
    static final class NotSent extends ExchangeException {
        private static final long serialVersionUID = 1;

        NotSent(String message) {
            super(message);
        }
    }

    /** The call may have been written, and no whole answer came back. */
    static final class NoAnswer extends ExchangeException {
        private static final long serialVersionUID = 1;

        NoAnswer(String message) {
            super(message);
        }
    }

    /** The answer is 5xx: it counts against Atlas, and is still an answer. */
    static final class ServerError extends ExchangeException {
        private static final long serialVersionUID = 1;

        private final transient Answer answer;

        ServerError(Answer answer) {
            super(answer.toString());
            this.answer = answer;
        }

        Answer answer() {
            return answer;
        }
    }
}
