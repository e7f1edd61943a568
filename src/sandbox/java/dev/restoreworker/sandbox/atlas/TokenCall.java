package dev.restoreworker.sandbox.atlas;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Supplier;

/** A call of a service account for a token. The books have the number of tokens, and no calls. */
record TokenCall(HttpServerRequest request, Supplier<Answer> token) implements Exchange {
    @Override
    public Facts facts() {
        return Facts.TOKEN;
    }

    @Override
    public JsonObject json() {
        return new JsonObject().put("operation", Operation.TOKEN.name());
    }

    @Override
    public Answer perform(Duration lag) {
        return token.get();
    }

    @Override
    public void makeForeign(Treatment.Foreign foreign) {
        throw new IllegalStateException("A rule with a foreign job takes create calls alone");
    }

    @Override
    public void met(String rule) {}

    @Override
    public void answered(int status) {}

    @Override
    public void dropped() {}

    @Override
    public void over() {}
}
