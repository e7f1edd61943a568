package dev.restoreworker.ops;

import dev.restoreworker.AtlasBackups;
import dev.restoreworker.Ledger;
import dev.restoreworker.Sending;
import dev.restoreworker.core.RequestRules;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;

/**
 * Who holds the download slots of a project, who waits for one, and what keeps all of them back.
 */
@Path("/projects")
@Produces(MediaType.APPLICATION_JSON)
public class ProjectsResource {

    /** Of each list; how long it is in all is said. */
    private static final int SHOWN_MAX = 100;

    private final Ledger ledger;
    private final AtlasBackups atlas;
    private final Sending sending;

    ProjectsResource(Ledger ledger, AtlasBackups atlas, Sending sending) {
        this.ledger = ledger;
        this.atlas = atlas;
        this.sending = sending;
    }

    /** A project of which nothing is known holds nothing. */
    @GET
    @Path("{projectId}")
    @RunOnVirtualThread
    public Response project(@PathParam("projectId") String projectId) {
        if (!RequestRules.isAtlasId(projectId)) {
            return Response.status(Response.Status.BAD_REQUEST)
                    .entity(Map.of("error", "a project's id is 24 hex digits in lower case"))
                    .build();
        }
        var obstacle = sending.objection().or(() -> atlas.obstacle(projectId)).orElse(null);
        return Response.ok(ProjectView.of(projectId, ledger.slots(projectId, SHOWN_MAX), obstacle))
                .build();
    }
}
