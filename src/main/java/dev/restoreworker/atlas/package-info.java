/**
 * Atlas' administration API: what it is called, how a call is signed, what an answer means, and
 * when a call must not leave. Start at {@link dev.restoreworker.atlas.AtlasClient}; what an answer
 * means is in {@code AtlasReplies} alone. Nothing here knows Kafka or a database.
 */
@NullMarked
package dev.restoreworker.atlas;

import org.jspecify.annotations.NullMarked;
