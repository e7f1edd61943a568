/**
 * The worker, its settings, and the ports through which it reaches the outside world.
 *
 * <p>Start at {@link dev.restoreworker.RestoreWorker}; what it decides is in {@code
 * core.Lifecycle}. The adapters ({@code kafka}, {@code atlas}, {@code ledger}, {@code ops}) know
 * this package and not each other. Nothing here knows Kafka's, HTTP's or a database's classes.
 */
@NullMarked
package dev.restoreworker;

import org.jspecify.annotations.NullMarked;
