package dev.restoreworker.core;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a request stands in the trace of its requester, in the form of the W3C's Trace Context. It
 * is handed on from the request to its events as it came, and decides nothing.
 *
 * <p>{@code parent} is a {@code traceparent}, {@code state} the {@code tracestate} beside it.
 */
public record Trace(String parent, @Nullable String state) {

    private static final int PARENT_LENGTH = 55;
    private static final int STATE_LENGTH_MAX = 512;
    private static final int STATE_MEMBERS_MAX = 32;

    /** Version, trace, span and flags; a version later than 00 may have more behind them. */
    private static final Pattern PARENT =
            Pattern.compile(
                    "(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private static final Pattern STATE_MEMBER =
            Pattern.compile(
                    "[a-z0-9][a-z0-9_*/@-]{0,255}="
                            + "[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]");

    /**
     * Empty if {@code parent} is missing or ill-formed: a trace is no reason to refuse a request.
     * An ill-formed {@code state} is left out.
     */
    public static Optional<Trace> of(@Nullable String parent, @Nullable String state) {
        if (parent == null || parent.length() < PARENT_LENGTH) {
            return Optional.empty();
        }
        var known = parent.substring(0, PARENT_LENGTH);
        var rest = parent.substring(PARENT_LENGTH);
        if (!PARENT.matcher(known).matches()) {
            return Optional.empty();
        }
        if (!rest.isEmpty() && (known.startsWith("00") || !rest.startsWith("-"))) {
            return Optional.empty();
        }
        // Of a later version only this much is known, and it is handed on as what is known.
        return Optional.of(new Trace("00" + known.substring(2), isState(state) ? state : null));
    }

    private static boolean isState(@Nullable String state) {
        if (state == null || state.isBlank() || state.length() > STATE_LENGTH_MAX) {
            return false;
        }
        var members = state.split(",", -1);
        if (members.length > STATE_MEMBERS_MAX) {
            return false;
        }
        for (var member : members) {
            var stripped = member.replaceAll("^[ \t]+|[ \t]+$", "");
            if (!stripped.isEmpty() && !STATE_MEMBER.matcher(stripped).matches()) {
                return false;
            }
        }
        return true;
    }
}
