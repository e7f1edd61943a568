package dev.restoreworker.ops;

import dev.restoreworker.Ledger;
import dev.restoreworker.Resolutions;
import dev.restoreworker.Resolutions.Resolved;
import dev.restoreworker.core.Lifecycle;
import dev.restoreworker.core.RequestRules;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.Optional;

/** Everything that is known of a request, and what an operator can add to it. */
@Path("/restores")
@Produces(MediaType.APPLICATION_JSON)
public class RestoresResource {

    private final Ledger ledger;
    private final Resolutions resolutions;
    private final Lifecycle lifecycle;

    RestoresResource(Ledger ledger, Resolutions resolutions, Lifecycle lifecycle) {
        this.ledger = ledger;
        this.resolutions = resolutions;
        this.lifecycle = lifecycle;
    }

    /** The id may hold any printable character, slashes included, and comes percent-encoded. */
    @GET
    @Path("{requestId: .+}")
    @RunOnVirtualThread
    public Response restore(@PathParam("requestId") String requestId) {
        return known(requestId).map(this::shown).orElseGet(RestoresResource::neverSeen);
    }

    /** Takes an operator's word on what became of a request that ended as unknown. */
    @POST
    @Path("{requestId: .+}/resolve")
    @Consumes(MediaType.WILDCARD)
    @RunOnVirtualThread
    public Response resolve(@PathParam("requestId") String requestId, String body) {
        return switch (Wish.read(body)) {
            case Wish.Read.Faulty(var faults) ->
                    refused(Response.Status.BAD_REQUEST, String.join("; ", faults));
            case Wish.Read.Understood(var wish) -> resolve(requestId, wish);
        };
    }

    private Response resolve(String requestId, Wish wish) {
        if (!RequestRules.isRequestId(requestId)) {
            return neverSeen();
        }
        return switch (resolutions.resolve(requestId, wish.jobId(), wish.resolution())) {
            case Resolved.Done(var history) -> shown(history);
            case Resolved.Unknown() -> neverSeen();
            case Resolved.Busy() ->
                    refused(
                            Response.Status.SERVICE_UNAVAILABLE,
                            "workers move this request just now: try again");
            case Resolved.Refused(var why) ->
                    refused(Response.Status.CONFLICT, "nothing is changed: " + why);
        };
    }

    private Response shown(Ledger.History history) {
        return Response.ok(RestoreView.of(history, lifecycle.following())).build();
    }

    private static Response neverSeen() {
        return refused(Response.Status.NOT_FOUND, "no request with this id was ever seen");
    }

    private static Response refused(Response.Status status, String error) {
        return Response.status(status).entity(Map.of("error", error)).build();
    }

    /** What cannot be an id is not asked for. */
    private Optional<Ledger.History> known(String requestId) {
        return RequestRules.isRequestId(requestId) ? ledger.find(requestId) : Optional.empty();
    }
}
