package dev.restoreworker.atlas;

import dev.restoreworker.core.Delivery;
import dev.restoreworker.core.Delivery.Target;
import dev.restoreworker.core.Delivery.Time;
import dev.restoreworker.core.RestoreRequest;
import dev.restoreworker.core.RestoreRequest.Remarks;
import dev.restoreworker.core.RestoreRequest.Terms;

/** Requests as the rules let them through. */
final class Requests {

    static final String PROJECT = "5e2211c17a3e5a48f5497de3";
    static final String OTHER_PROJECT = "5e2211c17a3e5a48f5497de4";
    static final String SNAPSHOT = "5e4e593f70dfbf1010295836";
    static final Target TARGET = new Target(OTHER_PROJECT, "orders-standby");

    private Requests() {}

    static RestoreRequest download() {
        return of(new Delivery.Download(SNAPSHOT));
    }

    static RestoreRequest automated() {
        return of(new Delivery.Automated(SNAPSHOT, TARGET));
    }

    static RestoreRequest oplog() {
        return of(new Delivery.PointInTime(new Time.Oplog(1_700_000_000, 3), TARGET));
    }

    static RestoreRequest utcSeconds() {
        return of(new Delivery.PointInTime(new Time.UtcSeconds(1_700_000_000), TARGET));
    }

    static RestoreRequest of(Delivery delivery) {
        return of(PROJECT, "orders", delivery);
    }

    static RestoreRequest of(String project, String cluster, Delivery delivery) {
        return new RestoreRequest("dr-1", project, cluster, delivery, Terms.DEFAULT, Remarks.NONE);
    }
}
