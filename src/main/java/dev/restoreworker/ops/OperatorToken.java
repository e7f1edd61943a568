package dev.restoreworker.ops;

import dev.restoreworker.RestoreConfig;
import dev.restoreworker.Secrets;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the operator's bearer token, if one is set. What only reads is open without one; what
 * changes something is refused. Health and metrics are not under it.
 */
@Provider
public class OperatorToken implements ContainerRequestFilter {

    private final Optional<String> token;

    OperatorToken(RestoreConfig config) {
        token =
                config.operator()
                        .token()
                        .map(value -> Secrets.read("restore.operator.token", value));
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (token.isEmpty()) {
            if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
                refuse(
                        request,
                        Response.Status.FORBIDDEN,
                        "nothing can be changed until restore.operator.token is set");
            }
        } else if (!allowed(request.getHeaderString(HttpHeaders.AUTHORIZATION), token.get())) {
            refuse(
                    request,
                    Response.Status.UNAUTHORIZED,
                    "send the operator's token: Authorization: Bearer …");
        }
    }

    private static boolean allowed(@Nullable String header, String token) {
        return header != null
                && MessageDigest.isEqual(
                        header.getBytes(StandardCharsets.UTF_8),
                        ("Bearer " + token).getBytes(StandardCharsets.UTF_8));
    }

    private static void refuse(
            ContainerRequestContext request, Response.Status status, String error) {
        request.abortWith(
                Response.status(status)
                        .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                        .entity(Map.of("error", error))
                        .build());
    }
}
