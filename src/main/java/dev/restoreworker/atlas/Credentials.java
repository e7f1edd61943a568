package dev.restoreworker.atlas;

import dev.restoreworker.AtlasConfig;
import dev.restoreworker.Secrets;
import dev.restoreworker.core.RequestRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The API keys, and which project each of them serves. */
final class Credentials {

    private static final String DEFAULT = "default";

    /** Nothing that would need to be escaped in a header. */
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e&&[^\"\\\\:]]+");

    private final Map<String, Credential> byProject = new HashMap<>();
    private final Map<String, Credential> byName = new HashMap<>();

    /**
     * @throws IllegalArgumentException naming the setting that is wrong, never its value
     */
    Credentials(Map<String, AtlasConfig.Credential> settings) {
        settings.forEach(this::add);
    }

    private void add(String name, AtlasConfig.Credential settings) {
        var prefix = "atlas.credentials." + name;
        var credential =
                new Credential(
                        name,
                        new DigestAuth(
                                key(prefix + ".public-key", settings.publicKey()),
                                key(prefix + ".private-key", settings.privateKey())));
        byName.put(name, credential);
        for (var project : settings.projects().orElse(List.of())) {
            serve(project.strip(), credential, prefix + ".projects");
        }
    }

    private void serve(String project, Credential credential, String setting) {
        if (!RequestRules.isAtlasId(project)) {
            throw new IllegalArgumentException(
                    "%s lists '%s': a project id has 24 hexadecimal digits, in lower case"
                            .formatted(setting, project));
        }
        var other = byProject.put(project, credential);
        if (other != null) {
            throw new IllegalArgumentException(
                    "%s and atlas.credentials.%s.projects both list %s: leave it in one"
                            .formatted(setting, other.name(), project));
        }
    }

    /** The one that lists the project, else the default one, if there is one. */
    Optional<Credential> serving(String projectId) {
        return Optional.ofNullable(byProject.get(projectId))
                .or(() -> Optional.ofNullable(byName.get(DEFAULT)));
    }

    private static String key(String setting, String value) {
        var key = Secrets.read(setting, value);
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException(
                    setting
                            + " must be an Atlas API key, or file: and the path of a file that holds"
                            + " one: printable characters without space, colon, quote or backslash");
        }
        return key;
    }
}
