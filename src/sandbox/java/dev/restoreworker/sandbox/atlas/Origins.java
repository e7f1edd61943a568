package dev.restoreworker.sandbox.atlas;

import io.vertx.core.http.HttpConnection;
import java.util.IdentityHashMap;
import java.util.Map;

/** Numbers the connections that are open. For the simulator's one event loop alone. */
final class Origins {
    private final Map<HttpConnection, Origin> open = new IdentityHashMap<>();
    private long last;

    void opened(HttpConnection connection) {
        last++;
        open.put(connection, new Origin(last, String.valueOf(connection.remoteAddress())));
        connection.closeHandler(_ -> open.remove(connection));
    }

    Origin of(HttpConnection connection) {
        return open.getOrDefault(connection, Origin.UNKNOWN);
    }
}
