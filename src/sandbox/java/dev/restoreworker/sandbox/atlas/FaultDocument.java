package dev.restoreworker.sandbox.atlas;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * All that is to go wrong, as it was given.
 *
 * @param clock the offsets that it begins with
 * @param readWithin how long a request may take to come in whole, once its head is there
 * @param json the document itself
 */
record FaultDocument(
        long seed, List<Rule> rules, Skew clock, Duration readWithin, JsonObject json) {
    FaultDocument {
        rules = List.copyOf(rules);
    }
}
