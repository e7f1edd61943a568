package dev.restoreworker.sandbox.atlas;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** Calls an Atlas as a client would, with a digest signature written from RFC 7616 alone. */
final class Caller implements AutoCloseable {
    static final String V2 = "application/vnd.atlas.2023-01-01+json";
    static final String V1 = "application/json";

    private static final Pattern NONCE = Pattern.compile("nonce=\"([^\"]+)\"");

    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger count = new AtomicInteger();
    private final URI base;
    private final String user;
    private final String secret;
    private String nonce = "";

    Caller(URI base, String user, String secret) {
        this.base = base;
        this.user = user;
        this.secret = secret;
    }

    static Caller of(AtlasSimulator atlas, SimulatorOptions options) {
        return new Caller(atlas.url(), options.publicKey(), options.privateKey());
    }

    /** Signs with the nonce at hand; fetches one when there is none, or it has gone stale. */
    HttpResponse<String> send(String method, String pathAndQuery, String body) throws IOException {
        return send(method, pathAndQuery, body, mediaTypeOf(pathAndQuery));
    }

    HttpResponse<String> send(String method, String pathAndQuery, String body, String mediaType)
            throws IOException {
        if (nonce.isEmpty()) {
            nonce = nonceOf(sendUnsigned("GET", "/api/atlas/v2/groups"));
        }
        var response = sendSigned(method, pathAndQuery, body, mediaType);
        var challenge = response.headers().firstValue("WWW-Authenticate").orElse("");
        if (!challenge.endsWith("stale=true")) {
            return response;
        }
        nonce = nonceOf(response);
        return sendSigned(method, pathAndQuery, body, mediaType);
    }

    private HttpResponse<String> sendSigned(
            String method, String pathAndQuery, String body, String mediaType) throws IOException {
        var header = signature(method, pathAndQuery, nonce, count.incrementAndGet());
        return sendWith(header, method, pathAndQuery, body, mediaType);
    }

    HttpResponse<String> get(String pathAndQuery) throws IOException {
        return send("GET", pathAndQuery, "");
    }

    HttpResponse<String> post(String pathAndQuery, JsonObject body) throws IOException {
        return send("POST", pathAndQuery, body.encode());
    }

    HttpResponse<String> sendUnsigned(String method, String pathAndQuery) throws IOException {
        return exchange(request(method, pathAndQuery, "", mediaTypeOf(pathAndQuery)));
    }

    HttpResponse<String> sendWith(
            String authorization, String method, String pathAndQuery, String body, String mediaType)
            throws IOException {
        return exchange(
                request(method, pathAndQuery, body, mediaType)
                        .header("Authorization", authorization));
    }

    /** A control call: no key, no media type. */
    HttpResponse<String> control(String method, String pathAndQuery, String body)
            throws IOException {
        var publisher = BodyPublishers.ofString(body);
        return exchange(
                HttpRequest.newBuilder(base.resolve(pathAndQuery)).method(method, publisher));
    }

    String signature(String method, String uri, String withNonce, int nc) {
        return signature(method, uri, withNonce, "%08x".formatted(nc));
    }

    String signature(String method, String uri, String withNonce, String nc) {
        var a1 = md5(user + ":MMS Public API:" + secret);
        var a2 = md5(method + ":" + uri);
        var response = md5(a1 + ":" + withNonce + ":" + nc + ":0a4f113b:auth:" + a2);
        return ("Digest username=\"%s\", realm=\"MMS Public API\", nonce=\"%s\", uri=\"%s\","
                        + " algorithm=MD5, qop=auth, nc=%s, cnonce=\"0a4f113b\", response=\"%s\"")
                .formatted(user, withNonce, uri, nc, response);
    }

    static String nonceOf(HttpResponse<?> challenged) {
        var header = challenged.headers().firstValue("WWW-Authenticate").orElseThrow();
        return Optional.of(NONCE.matcher(header))
                .filter(it -> it.find())
                .map(it -> it.group(1))
                .orElseThrow();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpRequest.Builder request(
            String method, String pathAndQuery, String body, String mediaType) {
        var request =
                HttpRequest.newBuilder(base.resolve(pathAndQuery))
                        .timeout(Duration.ofSeconds(10))
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (!mediaType.isEmpty()) {
            request.header("Accept", mediaType).header("Content-Type", mediaType);
        }
        return request;
    }

    private HttpResponse<String> exchange(HttpRequest.Builder request) throws IOException {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while waiting for an answer", e);
        }
    }

    private static String mediaTypeOf(String pathAndQuery) {
        return pathAndQuery.startsWith("/api/atlas/v1.0/") ? V1 : V2;
    }

    private static String md5(String text) {
        try {
            var digest = MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
