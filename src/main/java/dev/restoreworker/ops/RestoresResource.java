package dev.restoreworker.ops;

import dev.restoreworker.Ledger;
import dev.restoreworker.core.RequestRules;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.Optional;

/** Everything that is known of a request. */
@Path("/restores")
@Produces(MediaType.APPLICATION_JSON)
public class RestoresResource {

    private final Ledger ledger;

    RestoresResource(Ledger ledger) {
        this.ledger = ledger;
    }

    /** The id may hold any printable character, slashes included, and comes percent-encoded. */
    @GET
    @Path("{requestId: .+}")
    @RunOnVirtualThread
    public Response restore(@PathParam("requestId") String requestId) {
        return known(requestId)
                .map(history -> Response.ok(RestoreView.of(history)))
                .orElseGet(
                        () ->
                                Response.status(Response.Status.NOT_FOUND)
                                        .entity(
                                                Map.of(
                                                        "error",
                                                        "no request with this id was ever seen")))
                .build();
    }

    /** What cannot be an id is not asked for. */
    private Optional<Ledger.History> known(String requestId) {
        return RequestRules.isRequestId(requestId) ? ledger.find(requestId) : Optional.empty();
    }
}
