package dev.restoreworker.atlas;

import dev.restoreworker.AtlasConfig;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings of Atlas, as a test wants them. */
record Settings(
        URI url,
        String api,
        Duration timeout,
        Duration nonceReuse,
        Map<String, AtlasConfig.Credential> credentials)
        implements AtlasConfig {

    static Settings of(URI url) {
        return new Settings(
                url,
                "v2",
                Duration.ofSeconds(20),
                Duration.ofSeconds(30),
                Map.of("default", new Key("sandbox-key", "7c2c0f3a-sandbox-secret")));
    }

    Settings withApi(String value) {
        return new Settings(url, value, timeout, nonceReuse, credentials);
    }

    Settings withTimeout(Duration value) {
        return new Settings(url, api, value, nonceReuse, credentials);
    }

    Settings withCredentials(Map<String, AtlasConfig.Credential> value) {
        return new Settings(url, api, timeout, nonceReuse, value);
    }

    record Key(String publicKey, String privateKey, Optional<List<String>> projects)
            implements AtlasConfig.Credential {

        Key(String publicKey, String privateKey, String... projects) {
            this(
                    publicKey,
                    privateKey,
                    projects.length == 0 ? Optional.empty() : Optional.of(List.of(projects)));
        }
    }
}
