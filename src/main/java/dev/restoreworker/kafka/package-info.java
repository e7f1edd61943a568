/**
 * Restore requests in, outcomes and dead letters out: the only package that knows topics, records,
 * headers and acknowledgement. {@code RequestReader} says what a record is, {@code RestoreEvents}
 * what an outcome looks like on the wire, and {@code OutboxRelay} puts it there. It must not know
 * what becomes of a request, nor that Atlas or a database exist.
 */
@NullMarked
package dev.restoreworker.kafka;

import org.jspecify.annotations.NullMarked;
