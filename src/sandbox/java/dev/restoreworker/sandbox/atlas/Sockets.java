package dev.restoreworker.sandbox.atlas;

import io.netty.channel.ChannelOption;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** Reaches below HTTP, where Vert.x has no public way. */
final class Sockets {
    private Sockets() {}

    /** Ends a connection so that its other side sees a reset. What was not sent yet is lost. */
    static void reset(HttpConnection connection) {
        if (!(connection instanceof ConnectionBase base)) {
            throw new IllegalStateException("A connection without a channel: " + connection);
        }
        base.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        base.channel().close();
    }
}
