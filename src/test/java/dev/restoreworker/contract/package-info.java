/**
 * What goes in and out, held to the schemas that are published in {@code docs/schemas}, and the
 * schemas held to what was published before. It knows nothing of how requests are run.
 */
@NullMarked
package dev.restoreworker.contract;

import org.jspecify.annotations.NullMarked;
