/**
 * What an operator runs by hand, from the worker's own jar: dead letters are listed, shown and
 * replayed. {@code Main} is where the process begins, be it for a command or for the worker, and
 * {@code Replay} is what makes sure that no dead letter is replayed twice. It reads and writes
 * topics and must not know the worker, its ledger, nor that Atlas exists.
 */
@NullMarked
package dev.restoreworker.command;

import org.jspecify.annotations.NullMarked;
