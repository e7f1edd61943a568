package dev.restoreworker.sandbox.atlas;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The rules of one document at work. The first that takes a call is the only one that it meets;
 * later ones do not count it. Each draws from a sequence of its own, one number for each call that
 * fits: so the same seed and the same calls in the same order give the same faults.
 */
final class Rules {
    /**
     * A call that met a rule.
     *
     * @param draw what is random about it beyond that
     */
    record Met(String rule, Treatment treatment, long draw) {}

    /** A rule and how often it was asked. */
    private static final class Tally {
        private final Rule rule;
        private final SplittableRandom random;
        private long fitted;
        private long taken;

        private Tally(Rule rule, long seed) {
            this.rule = rule;
            random = new SplittableRandom(seed);
        }

        private Optional<Met> meet(Facts facts, Instant now) {
            var when = rule.when();
            if (!when.fits(facts)) {
                return Optional.empty();
            }
            fitted++;
            var draw = random.nextLong();
            var chance = (draw >>> 11) * 0x1.0p-53; // from 0 to below 1, by the upper bits
            if (!when.takes(fitted, taken, now) || chance >= when.probability()) {
                return Optional.empty();
            }
            taken++;
            return Optional.of(new Met(rule.name(), rule.then(), draw));
        }
    }

    private final List<Tally> tallies = new ArrayList<>();

    Rules(FaultDocument document) {
        var seeds = new SplittableRandom(document.seed());
        document.rules().forEach(rule -> tallies.add(new Tally(rule, seeds.nextLong())));
    }

    synchronized Optional<Met> meet(Facts facts, Instant now) {
        for (var tally : tallies) {
            var met = tally.meet(facts, now);
            if (met.isPresent()) {
                return met;
            }
        }
        return Optional.empty();
    }

    /** How many calls fitted each rule, and how many met it. */
    synchronized JsonArray figures() {
        var figures = new JsonArray();
        for (var tally : tallies) {
            figures.add(
                    new JsonObject()
                            .put("name", tally.rule.name())
                            .put("fitted", tally.fitted)
                            .put("met", tally.taken));
        }
        return figures;
    }
}
