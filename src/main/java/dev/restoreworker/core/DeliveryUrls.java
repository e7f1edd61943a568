package dev.restoreworker.core;

import java.util.List;

/**
 * Where a download can be fetched, once and by whoever has it: a secret, so that it is in no log
 * and not in the ledger. Empty where Atlas does not say, or does not say any more.
 */
public record DeliveryUrls(List<String> urls) {

    public static final DeliveryUrls NONE = new DeliveryUrls(List.of());

    public DeliveryUrls {
        urls = List.copyOf(urls);
    }

    @Override
    public String toString() {
        return urls.size() + " delivery URLs";
    }
}
