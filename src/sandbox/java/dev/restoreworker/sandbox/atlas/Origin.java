package dev.restoreworker.sandbox.atlas;

/**
 * Who called, as far as a server can know: calls of one connection share it.
 *
 * @param connection counts from 1 in the order in which connections were made
 * @param address of the caller, with its port
 */
public record Origin(long connection, String address) {
    static final Origin UNKNOWN = new Origin(0, "");
}
