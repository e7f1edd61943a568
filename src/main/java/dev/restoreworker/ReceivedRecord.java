package dev.restoreworker;

import dev.restoreworker.core.Content;
import dev.restoreworker.core.RequestRules.Checked;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.Stamps;

/** A record that names a request, in order or not. */
public interface ReceivedRecord {

    String requestId();

    Content content();

    Remarks remarks();

    Checked checked();

    Origin origin();

    Stamps stamps();

    /** The record as a dead letter, should the ledger say that it cannot be taken. */
    DeadLetter letter(DeadLetter.Reason reason, String detail);
}
