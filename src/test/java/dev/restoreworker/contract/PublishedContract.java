package dev.restoreworker.contract;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.restoreworker.contract.SchemaChange.Direction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Schemas, and those that others were built against. */
record PublishedContract(Path before, Path now) {

    /** What breaks somebody, and what is new and does not. */
    record Findings(List<String> breaks, List<String> additions) {}

    Findings findings() {
        var findings = new Findings(new ArrayList<>(), new ArrayList<>());
        for (var name : Schemas.names(before)) {
            if (!Schemas.names(now).contains(name)) {
                findings.breaks().add(name + " is gone");
            } else {
                compare(name, findings);
            }
        }
        Schemas.names(now).stream()
                .filter(name -> !Schemas.names(before).contains(name))
                .forEach(name -> findings.additions().add(name + " is new"));
        return findings;
    }

    private void compare(String name, Findings findings) {
        var old = Schemas.source(before, name);
        var current = Schemas.source(now, name);
        var changes = SchemaComparison.between(old, current);
        for (var change : changes) {
            var list = change.breaks(direction(name)) ? findings.breaks() : findings.additions();
            list.add("%s: %s".formatted(name, change));
        }
        if (changes.isEmpty() && !old.equals(current)) {
            findings.additions().add(name + ": only its words");
        }
    }

    /** Requests and cancels go in; all else goes out. */
    private static Direction direction(String name) {
        return name.startsWith("restore-") ? Direction.IN : Direction.OUT;
    }

    /** Makes those of now the ones that others may build against. */
    void renew() {
        try {
            Files.createDirectories(before);
            for (var name : Schemas.names(now)) {
                Files.copy(Schemas.file(now, name), Schemas.file(before, name), REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
