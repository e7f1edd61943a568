package dev.restoreworker.sandbox.atlas;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The two versions of the API, and what each has for media types. */
enum ApiVersion {
    V2("v2", "application/vnd.atlas.2023-01-01+json", ";charset=utf-8"),
    V1("v1.0", "application/json", "");

    private final String pathName;
    private final String mediaType;
    private final String parameters;

    ApiVersion(String pathName, String mediaType, String parameters) {
        this.pathName = pathName;
        this.mediaType = mediaType;
        this.parameters = parameters;
    }

    static ApiVersion named(String pathName) {
        return Arrays.stream(values())
                .filter(it -> it.pathName.equals(pathName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No such version: " + pathName));
    }

    String pathName() {
        return pathName;
    }

    /** The Content-Type of a successful answer. */
    String answerType() {
        return mediaType + parameters;
    }

    /** v2 must be asked for by its exact name; v1.0 answers everybody who can read JSON. */
    boolean isAccepted(@Nullable String accept) {
        if (this == V1 && accept == null) {
            return true;
        }
        return accept != null
                && Arrays.stream(accept.split(",", -1))
                        .map(ApiVersion::bare)
                        .anyMatch(it -> it.equals(mediaType) || (this == V1 && isWildcard(it)));
    }

    boolean isContentType(@Nullable String contentType) {
        return contentType != null && bare(contentType).equals(mediaType);
    }

    private static boolean isWildcard(String type) {
        return type.equals("*/*") || type.equals("application/*");
    }

    private static String bare(String type) {
        var semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
    }
}
