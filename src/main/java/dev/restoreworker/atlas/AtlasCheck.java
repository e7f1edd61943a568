package dev.restoreworker.atlas;

import dev.restoreworker.AtlasConfig;
import dev.restoreworker.StartUpCheck;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Refuses to start with an address or a key that no call could be made with. */
@Singleton
class AtlasCheck implements StartUpCheck {

    private final AtlasConfig config;

    AtlasCheck(AtlasConfig config) {
        this.config = config;
    }

    @Override
    public List<String> faults(Function<String, Optional<String>> properties) {
        var faults = new ArrayList<String>();
        if (config.credentials().isEmpty()) {
            faults.add(
                    "there is no credential, and every request would wait for one: set"
                            + " atlas.credentials.default.public-key and .private-key");
        }
        try {
            var _ = new AtlasRequests(config.url(), config.api());
        } catch (IllegalArgumentException e) {
            faults.add(e.getMessage());
        }
        try {
            var _ = new Credentials(config.credentials());
        } catch (IllegalArgumentException e) {
            faults.add(e.getMessage());
        }
        return faults;
    }
}
