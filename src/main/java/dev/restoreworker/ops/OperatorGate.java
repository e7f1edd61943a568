package dev.restoreworker.ops;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.util.Map;

/**
 * Asks for the operator's token, if one is set. Without one, what only reads is open and what
 * changes something is refused. Health and metrics are not behind it.
 */
@Provider
public class OperatorGate implements ContainerRequestFilter {

    private final OperatorToken token;

    OperatorGate(OperatorToken token) {
        this.token = token;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (!token.isSet()) {
            if (!isRead(request)) {
                refuse(
                        request,
                        Response.Status.FORBIDDEN,
                        "nothing can be changed until restore.operator.token is set");
            }
        } else if (!token.isIn(request.getHeaderString(HttpHeaders.AUTHORIZATION))) {
            refuse(
                    request,
                    Response.Status.UNAUTHORIZED,
                    "send the operator's token: Authorization: Bearer …");
        }
    }

    private static boolean isRead(ContainerRequestContext request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
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
