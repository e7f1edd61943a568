package dev.restoreworker.sandbox.atlas;

import java.util.Arrays;
import java.util.Optional;

/** What a restore job does with the data. */
public enum Delivery {
    DOWNLOAD("download"),
    AUTOMATED("automated"),
    POINT_IN_TIME("pointInTime");

    private final String wireName;

    Delivery(String wireName) {
        this.wireName = wireName;
    }

    /** As {@code deliveryType} spells it. */
    public String wireName() {
        return wireName;
    }

    static Optional<Delivery> named(String wireName) {
        return Arrays.stream(values()).filter(it -> it.wireName.equals(wireName)).findFirst();
    }
}
