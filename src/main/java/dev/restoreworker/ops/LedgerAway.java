package dev.restoreworker.ops;

import dev.restoreworker.LedgerUnavailableException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.Map;

/** Says that the ledger cannot be asked now, rather than that something is broken. */
@Provider
public class LedgerAway implements ExceptionMapper<LedgerUnavailableException> {

    @Override
    public Response toResponse(LedgerUnavailableException e) {
        return Response.status(Response.Status.SERVICE_UNAVAILABLE)
                .entity(Map.of("error", "the ledger cannot be reached: try again in a while"))
                .build();
    }
}
