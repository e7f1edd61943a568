package dev.restoreworker.sandbox;

import dev.restoreworker.sandbox.Sample.Expectation.AddsNothing;
import dev.restoreworker.sandbox.Sample.Expectation.Ends;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Holds what was seen against what the samples are owed. Requests of others are passed over. */
final class SampleCheck {
    private final Map<String, Outcome> owed = new LinkedHashMap<>();
    private final Map<String, List<Outcome>> seen = new LinkedHashMap<>();

    SampleCheck(List<Sample> samples) {
        for (var sample : samples) {
            switch (sample.expectation()) {
                case Ends(var outcome) -> owed.put(sample.requestId(), outcome);
                case AddsNothing() -> {} // a second outcome of the same id will be a fault
            }
        }
    }

    void see(SeenEvent event) {
        if (owed.containsKey(event.requestId()) && event.outcome().isFinal()) {
            seen.computeIfAbsent(event.requestId(), _ -> new ArrayList<>()).add(event.outcome());
        }
    }

    /** One line for each sample that has no outcome yet. */
    List<String> missing() {
        return owed.entrySet().stream()
                .filter(each -> !seen.containsKey(each.getKey()))
                .map(
                        each ->
                                "%s: expected %s, saw nothing"
                                        .formatted(each.getKey(), each.getValue()))
                .toList();
    }

    /** One line for each sample whose outcome is wrong, or not its only one. */
    List<String> faults() {
        var lines = new ArrayList<String>();
        seen.forEach(
                (requestId, outcomes) -> {
                    var expected = owed.get(requestId);
                    if (!outcomes.equals(List.of(expected))) {
                        lines.add(
                                "%s: expected %s, saw %s".formatted(requestId, expected, outcomes));
                    }
                });
        return lines;
    }
}
