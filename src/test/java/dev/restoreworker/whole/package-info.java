/**
 * The production jar as a process of its own, configured by its environment alone, between a real
 * broker, a real database and the simulated Atlas. What is claimed is checked from outside: jobs in
 * Atlas' own books, events by a {@code read_committed} reader from the first offset.
 */
@NullMarked
package dev.restoreworker.whole;

import org.jspecify.annotations.NullMarked;
