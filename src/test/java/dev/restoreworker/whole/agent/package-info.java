/**
 * What is put into a worker's process so that it can be held at a named {@link
 * dev.restoreworker.whole.agent.Point} of the protocol. It knows the JDK alone: its classes travel
 * in a jar of their own, and the production jar stays as it is.
 */
@NullMarked
package dev.restoreworker.whole.agent;

import org.jspecify.annotations.NullMarked;
