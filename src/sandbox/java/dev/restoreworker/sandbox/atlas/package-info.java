/**
 * A simulated Atlas: the restore-job part of its Administration API over HTTP, with digest
 * authentication that really verifies, jobs that live by a clock, and books of every effect. Start
 * at {@link dev.restoreworker.sandbox.atlas.AtlasSimulator}, which also documents the control API
 * under {@code /simulator/}. Tests and the sandbox count jobs here, not in the worker's own memory:
 * so this package must not know anything of the worker.
 */
@NullMarked
package dev.restoreworker.sandbox.atlas;

import org.jspecify.annotations.NullMarked;
