package dev.restoreworker.atlas;

import org.jspecify.annotations.Nullable;

/**
 * What is asked of Atlas, but for the signature. {@code uri} is path and query as they are sent and
 * signed; {@code body} is null but for a create call.
 */
record Call(String method, String uri, String mediaType, @Nullable String body) {}
