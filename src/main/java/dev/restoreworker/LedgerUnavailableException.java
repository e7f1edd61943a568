package dev.restoreworker;

/**
 * The ledger did not answer, or could not do now what it was asked for. What was asked may have
 * been done all the same: ask again.
 */
public class LedgerUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public LedgerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
