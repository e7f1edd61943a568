package dev.restoreworker.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** A content type without its parameters, in lower case. */
record MediaType(String name) {

    private static final Pattern JSON =
            Pattern.compile("(application|text)/json|[a-z0-9.+-]+/[a-z0-9.+-]+\\+json");

    static MediaType of(byte[] header) {
        return of(new String(header, StandardCharsets.UTF_8));
    }

    static MediaType of(String text) {
        var end = text.indexOf(';');
        var name = end < 0 ? text : text.substring(0, end);
        return new MediaType(name.strip().toLowerCase(Locale.ROOT));
    }

    boolean isJson() {
        return JSON.matcher(name).matches();
    }

    /** Whether it says that the value is a CloudEvent with all that belongs to it, or several. */
    boolean isCloudEvent() {
        return name.startsWith("application/cloudevents");
    }

    /** As much of it as may stand in a message. */
    @Override
    public String toString() {
        return HeaderText.excerpt(name);
    }
}
