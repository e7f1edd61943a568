package dev.restoreworker;

/** The types of the CloudEvents that come in. They are part of the published interface. */
public final class EventTypes {

    public static final String RESTORE_REQUEST = "dev.restoreworker.restore-request.v1";

    /** It never is a request, whatever the settings say. */
    public static final String RESTORE_CANCEL = "dev.restoreworker.restore-cancel.v1";

    private EventTypes() {}
}
