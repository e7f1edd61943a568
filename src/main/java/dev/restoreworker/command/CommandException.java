package dev.restoreworker.command;

/** Why a command does not go on, told to whoever runs it; the message says what helps. */
final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        super(message);
    }

    CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
