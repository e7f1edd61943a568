package dev.restoreworker.sandbox.atlas;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/** Signs tokens for a service account: JWTs, RS256, with a key that nobody else has. */
final class Tokens {
    private static final int KEY_BITS = 2048;
    private static final String BASIC = "Basic ";

    private final ServiceAccount account;
    private final InstantSource clock;
    private @Nullable RsaJsonWebKey key; // made when it is first needed: that takes its time
    private final AtomicInteger issued = new AtomicInteger();

    Tokens(ServiceAccount account, InstantSource clock) {
        this.account = account;
        this.clock = clock;
    }

    ServiceAccount account() {
        return account;
    }

    int issued() {
        return issued.get();
    }

    /** The public half of the key, as a JSON Web Key Set. */
    String keys() {
        return new JsonWebKeySet(key()).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
    }

    boolean isAccount(@Nullable String authorization) {
        var expected =
                BASIC
                        + Base64.getEncoder()
                                .encodeToString(
                                        (account.id() + ":" + account.secret()).getBytes(UTF_8));
        return authorization != null
                && MessageDigest.isEqual(expected.getBytes(UTF_8), authorization.getBytes(UTF_8));
    }

    /** A new one for the account, from now on. */
    String issue(String issuer) {
        var now = NumericDate.fromMilliseconds(clock.millis());
        var claims = new JwtClaims();
        claims.setIssuer(issuer);
        claims.setSubject(account.id());
        claims.setIssuedAt(now);
        claims.setExpirationTime(
                NumericDate.fromMilliseconds(
                        clock.instant().plus(account.tokenLives()).toEpochMilli()));
        claims.setGeneratedJwtId();
        var signed = new JsonWebSignature();
        signed.setPayload(claims.toJson());
        signed.setKey(key().getPrivateKey());
        signed.setKeyIdHeaderValue(key().getKeyId());
        signed.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        try {
            var token = signed.getCompactSerialization();
            issued.incrementAndGet();
            return token;
        } catch (JoseException e) {
            throw new IllegalStateException("A token cannot be signed", e);
        }
    }

    private synchronized RsaJsonWebKey key() {
        if (key == null) {
            key = newKey();
        }
        return key;
    }

    private static RsaJsonWebKey newKey() {
        try {
            var made = RsaJwkGenerator.generateJwk(KEY_BITS);
            made.setKeyId("simulator");
            made.setAlgorithm(AlgorithmIdentifiers.RSA_USING_SHA256);
            made.setUse("sig");
            return made;
        } catch (JoseException e) {
            throw new IllegalStateException("No key can be made to sign tokens with", e);
        }
    }
}
