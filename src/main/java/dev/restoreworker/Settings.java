package dev.restoreworker;

import dev.restoreworker.core.RequestRules;
import dev.restoreworker.core.TargetPolicy;
import dev.restoreworker.core.Text;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whether the settings fit together, and whether each of them is one: a mistyped {@code
 * restore.targets.protected} must not protect nothing in silence.
 */
public final class Settings {

    /** What is measured of Atlas' clock may be so much too early. */
    private static final Duration LATE_MIN = Duration.ofSeconds(2);

    /** More than any project has room for, and few enough to be counted in a moment. */
    private static final int DOWNLOADS_MAX = 100_000;

    /** {@code RESTORE_LEASE}, {@code restore_lease} and {@code _PROD_RESTORE_LEASE} are read. */
    private static final Pattern VARIABLE =
            Pattern.compile("(?i)(?:_[a-z0-9]+_)?((?:RESTORE|ATLAS)_.*)");

    private final List<String> faults = new ArrayList<>();

    private Settings() {}

    /**
     * Refuses settings that contradict each other, naming all that do.
     *
     * @throws IllegalStateException with one line a fault, each naming the settings and the cure
     */
    public static void check(RestoreConfig restore, AtlasConfig atlas) {
        var settings = new Settings();
        settings.checkTimes(restore, atlas);
        settings.checkAges(restore);
        settings.checkLimits(restore);
        settings.checkQuotas(restore.quota());
        settings.checkTargets(restore.targets());
        settings.checkEvents(restore.events());
        settings.refuse("The settings do not fit together");
    }

    /**
     * Refuses what looks like a setting of this worker and is none.
     *
     * @param properties names of configuration properties
     * @param variables names of environment variables
     */
    public static void checkNames(Collection<String> properties, Collection<String> variables) {
        var settings = new Settings();
        var names = names();
        var known = names.stream().map(Settings::propertyPattern).toList();
        properties.stream()
                .filter(name -> name.startsWith("restore.") || name.startsWith("atlas."))
                .filter(name -> known.stream().noneMatch(each -> each.matcher(name).matches()))
                .sorted()
                .forEach(name -> settings.faults.add("there is no setting " + name));
        var knownVariables = names.stream().map(Settings::variablePattern).toList();
        variables.stream()
                .filter(name -> VARIABLE.matcher(name).matches())
                .filter(
                        name ->
                                knownVariables.stream()
                                        .noneMatch(each -> each.matcher(plain(name)).matches()))
                .sorted()
                .forEach(
                        name ->
                                settings.faults.add(
                                        "the variable " + name + " stands for no setting"));
        settings.refuse("Unknown settings (docs/operations.md lists them all)");
    }

    /** Without the profile that it is for, and in capitals: both forms are read. */
    private static String plain(String variable) {
        var matcher = VARIABLE.matcher(variable);
        return matcher.matches() ? matcher.group(1).toUpperCase(Locale.ROOT) : variable;
    }

    /** The names of all settings, {@code *} standing for a name that the operator chooses. */
    static SortedSet<String> names() {
        var names = new TreeSet<String>();
        names.addAll(namesOf(RestoreConfig.class, "restore"));
        names.addAll(namesOf(AtlasConfig.class, "atlas"));
        return names;
    }

    /** A list has a second name, with an index, that the patterns below take as well. */
    private static Collection<String> namesOf(Class<?> mapping, String prefix) {
        return ConfigMappings.getProperties(ConfigClass.configClass(mapping, prefix))
                .keySet()
                .stream()
                .filter(name -> !name.endsWith("]"))
                .toList();
    }

    private static Pattern propertyPattern(String name) {
        return Pattern.compile(
                name.chars()
                        .mapToObj(Character::toString)
                        .map(each -> each.equals("*") ? "[^.]+" : Pattern.quote(each))
                        .collect(Collectors.joining("", "", "(\\[\\d+\\])?")));
    }

    private static Pattern variablePattern(String name) {
        return Pattern.compile(
                name.toUpperCase(Locale.ROOT)
                                .replaceAll("[^A-Z0-9*]", "_")
                                .replace("*", "[A-Za-z0-9_]+")
                        + "(_\\d+_)?");
    }

    private void checkTimes(RestoreConfig restore, AtlasConfig atlas) {
        var times = new HashMap<String, Duration>();
        times.put("restore.lease", restore.lease());
        times.put("restore.settle", restore.settle());
        times.put("restore.patience", restore.patience());
        times.put("restore.delay-min", restore.delayMin());
        times.put("restore.send-within", restore.sendWithin());
        times.put("restore.sweep", restore.sweep());
        times.put("restore.track-every", restore.trackEvery());
        times.put("restore.relay.lease", restore.relay().lease());
        times.put("atlas.timeout", atlas.timeout());
        times.put("atlas.nonce-reuse", atlas.nonceReuse());
        times.forEach((name, time) -> expect(time.isPositive(), name + " must be positive"));
        expect(restore.looks() >= 2, "restore.looks must be at least 2");
        expect(
                restore.late().compareTo(LATE_MIN) >= 0,
                ("restore.late (%s) must be at least %s: Atlas tells times in whole seconds, both when"
                                + " it answers and when it made a job")
                        .formatted(restore.late(), LATE_MIN));
        expect(!restore.clockSkewMax().isNegative(), "restore.clock-skew-max must not be negative");
        expectAtLeast(
                "restore.lease",
                restore.lease(),
                "restore.send-within + atlas.timeout + restore.clock-skew-max",
                restore.sendWithin().plus(atlas.timeout()).plus(restore.clockSkewMax()),
                "else an attempt would be abandoned while its call may still be out");
        expect(
                restore.settle().compareTo(atlas.timeout().plus(restore.late())) > 0,
                ("restore.settle (%s) must be longer than atlas.timeout + restore.late (%s): else a"
                                + " request would be sent again while its first job may still be made")
                        .formatted(restore.settle(), atlas.timeout().plus(restore.late())));
        expectAtLeast(
                "restore.look-for",
                restore.lookFor(),
                "restore.settle",
                restore.settle(),
                "else a job would be looked for no longer than its request is undecided anyway");
        expectAtLeast(
                "restore.patience-max",
                restore.patienceMax(),
                "restore.patience",
                restore.patience(),
                "else the default would be longer than the longest");
        expectAtLeast(
                "restore.delay-max",
                restore.delayMax(),
                "restore.delay-min",
                restore.delayMin(),
                "else the first wait would be longer than the longest");
        expectAtLeast(
                "restore.relay.lease",
                restore.relay().lease(),
                "one second",
                Duration.ofSeconds(1),
                "else it would run out between two renewals");
    }

    private void checkAges(RestoreConfig restore) {
        expect(restore.maxAge().isPositive(), "restore.max-age must be positive");
        expect(!restore.repeatGuard().isNegative(), "restore.repeat-guard must not be negative");
        expectAtLeast(
                "restore.retention",
                restore.retention(),
                "restore.repeat-guard",
                restore.repeatGuard(),
                "else a repeat would not be known as one");
        expectAtLeast(
                "restore.retention",
                restore.retention(),
                "restore.max-age",
                restore.maxAge(),
                "else a record with other content under a known id would pass for a duplicate");
    }

    private void checkLimits(RestoreConfig restore) {
        expect(
                restore.inFlight() >= 1 && restore.inFlight() <= 5_000,
                "restore.in-flight must be from 1 to 5000, and is " + restore.inFlight());
        expect(
                restore.relay().batch() >= 1 && restore.relay().batch() <= 10_000,
                "restore.relay.batch must be from 1 to 10000, and is " + restore.relay().batch());
    }

    private void checkQuotas(RestoreConfig.Quotas quotas) {
        var limits = new TreeMap<String, Integer>();
        limits.put("restore.quota.downloads-per-project", quotas.downloadsPerProject());
        limits.put("restore.quota.downloads-per-snapshot", quotas.downloadsPerSnapshot());
        quotas.projects()
                .forEach(
                        (project, limit) -> limits.put("restore.quota.projects." + project, limit));
        limits.forEach(
                (name, limit) ->
                        expect(
                                limit >= 1 && limit <= DOWNLOADS_MAX,
                                "%s must be from 1 to %d, and is %d"
                                        .formatted(name, DOWNLOADS_MAX, limit)));
        quotas.projects().keySet().stream()
                .filter(project -> !RequestRules.isAtlasId(project))
                .forEach(
                        project ->
                                faults.add(
                                        "restore.quota.projects."
                                                + project
                                                + " must name a project by its id, 24 hex digits in"
                                                + " lower case"));
    }

    private void checkTargets(RestoreConfig.Targets targets) {
        for (var list :
                List.of(
                        Map.entry("restore.targets.allowed", targets.allowed()),
                        Map.entry("restore.targets.protected", targets.protectedOnes()))) {
            try {
                new TargetPolicy(list.getValue().orElse(List.of()), List.of());
            } catch (IllegalArgumentException e) {
                faults.add(list.getKey() + ": " + e.getMessage());
            }
        }
    }

    private void checkEvents(RestoreConfig.Events events) {
        expect(
                isUrl(events.source()),
                "restore.events.source must be a URI or a path, and is " + events.source());
        expect(
                isUrl(events.helpUrl()) && !events.helpUrl().contains("#"),
                "restore.events.help-url must be a URL or a path without a fragment, and is "
                        + events.helpUrl());
        var types = events.requestTypes().orElse(List.of()).stream().map(String::strip).toList();
        expect(
                types.stream().noneMatch(type -> type.isBlank() || !Text.isPrintable(type)),
                "restore.events.request-types must be names of types, and one is blank or cannot be"
                        + " printed");
        expect(
                types.size() == Set.copyOf(types).size(),
                "restore.events.request-types names a type twice: " + String.join(", ", types));
        expect(
                !types.contains(EventTypes.RESTORE_CANCEL),
                "restore.events.request-types must not name "
                        + EventTypes.RESTORE_CANCEL
                        + ": it means the opposite of a request");
    }

    private static boolean isUrl(String text) {
        try {
            return !new URI(text).toString().isEmpty();
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private void expectAtLeast(
            String name, Duration value, String otherName, Duration other, String why) {
        expect(
                value.compareTo(other) >= 0,
                "%s (%s) must be at least %s (%s): %s"
                        .formatted(name, value, otherName, other, why));
    }

    private void expect(boolean holds, String fault) {
        if (!holds) {
            faults.add(fault);
        }
    }

    private void refuse(String title) {
        if (!faults.isEmpty()) {
            throw new IllegalStateException(title + ":\n  - " + String.join("\n  - ", faults));
        }
    }
}
