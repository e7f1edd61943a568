package dev.restoreworker.sandbox.atlas;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** A call that was read whole and let in, and what its {@link Course} may do with it. */
interface Exchange {
    HttpServerRequest request();

    Facts facts();

    /** What outsiders can recognise it by. */
    JsonObject json();

    /** Writes down which rule it met. */
    void met(String rule);

    /** Its effect, and the answer that belongs to it. At most once. */
    Answer perform(Duration lag);

    /** A job that a person makes now, much like the one that this call asks for. */
    void makeForeign(Treatment.Foreign foreign);

    /** Its answer goes out now. */
    void answered(int status);

    /** Its connection ends now, and there was no answer. */
    void dropped();

    /** No effect of it will come any more. */
    void over();
}
