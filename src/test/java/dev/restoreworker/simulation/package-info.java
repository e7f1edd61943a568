/**
 * The real worker, with its decisions and the ledger's rules, in a world that is drawn from a seed.
 *
 * <p>Start at {@code Schedule}, which is one such world from its beginning to its end; {@code
 * Promises} says what must hold in it, and {@code Situation} what must have come up. {@code
 * Mutants} are the faults that it has to find.
 */
@NullMarked
package dev.restoreworker.simulation;

import org.jspecify.annotations.NullMarked;
