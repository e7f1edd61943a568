/**
 * What a restore request is, and what becomes of it: records, sealed types and functions of their
 * arguments. Everything here can be tested with {@code new}. Nothing here reads a clock, draws a
 * random number, logs, or knows that Kafka, HTTP or a database exist.
 */
@NullMarked
package dev.restoreworker.core;

import org.jspecify.annotations.NullMarked;
