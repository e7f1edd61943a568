package dev.restoreworker;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All settings under {@code atlas}: where it is and how to be let in. What each is for is in {@code
 * docs/operations.md}.
 */
@ConfigMapping(prefix = "atlas")
public interface AtlasConfig {

    @WithDefault("https://cloud.mongodb.com")
    URI url();

    /** {@code v2} or {@code v1.0}. */
    @WithDefault("v2")
    String api();

    /** The whole exchange: from the request for a connection to the last byte of the answer. */
    @WithDefault("30s")
    Duration timeout();

    /** For how long a digest nonce is used before a read fetches a new one. */
    @WithDefault("30s")
    Duration nonceReuse();

    /** By name; the one named {@code default} serves every project that no other one lists. */
    Map<String, Credential> credentials();

    /** A digest API key. Either key may be {@code file:} and the path of a file that holds it. */
    interface Credential {
        String publicKey();

        String privateKey();

        /** The ids of the projects that it serves. */
        Optional<List<String>> projects();
    }
}
