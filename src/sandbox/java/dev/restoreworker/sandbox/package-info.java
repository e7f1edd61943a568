/**
 * Everything that the worker needs around it, in one process: a broker, a database and a simulated
 * Atlas, with sample requests and a table of what became of them. It is test code, and part of what
 * runs only with {@code -Psandbox}. It meets the worker on the wire alone (topics, JDBC, HTTP,
 * settings) and must know none of its classes.
 */
@NullMarked
package dev.restoreworker.sandbox;

import org.jspecify.annotations.NullMarked;
