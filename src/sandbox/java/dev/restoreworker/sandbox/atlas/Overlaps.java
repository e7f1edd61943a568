package dev.restoreworker.sandbox.atlas;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many create calls onto one target cluster were under way at the same time: each from the
 * moment it was read until it was answered, or its connection had ended, and no effect of it could
 * come any more.
 */
final class Overlaps {
    /** One target's. Only this class changes it. */
    static final class Tally {
        private long creates;
        private int now;
        private int most;
    }

    private final Map<String, Tally> targets = new TreeMap<>();

    /** The tally is to be given back with {@link #ended}. */
    synchronized Tally begun(String target) {
        var tally = targets.computeIfAbsent(target, _ -> new Tally());
        tally.creates++;
        tally.now++;
        tally.most = Math.max(tally.most, tally.now);
        return tally;
    }

    synchronized void ended(Tally tally) {
        tally.now--;
    }

    /** The largest overlap of a target, written {@code project/cluster}. */
    synchronized int most(String target) {
        var tally = targets.get(target);
        return tally == null ? 0 : tally.most;
    }

    synchronized JsonArray json() {
        var json = new JsonArray();
        targets.forEach(
                (target, tally) ->
                        json.add(
                                new JsonObject()
                                        .put("target", target)
                                        .put("creates", tally.creates)
                                        .put("underWay", tally.now)
                                        .put("overlapMax", tally.most)));
        return json;
    }

    synchronized void clear() {
        targets.clear();
    }
}
