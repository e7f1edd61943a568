package dev.restoreworker.command;

import java.util.ArrayList;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;

/** Failures, as they are told to people. */
final class Failures {

    private static final int CAUSES_MAX = 5;

    private Failures() {}

    /** What failed and why, in one line without a trace. */
    static String told(Throwable failure) {
        if (failure instanceof CommandException && failure.getMessage() != null) {
            return failure.getMessage();
        }
        var parts = new ArrayList<String>();
        for (@Nullable Throwable each = failure;
                each != null && parts.size() < CAUSES_MAX;
                each = each.getCause()) {
            var message = each.getMessage() == null ? "" : ": " + Shown.text(each.getMessage());
            parts.add(each.getClass().getSimpleName() + message);
        }
        return "It failed. " + String.join("; because of ", parts);
    }

    /** Whether another producer of the same transactional id has begun since. */
    static boolean isFenced(Throwable failure) {
        for (@Nullable Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof ProducerFencedException
                    || each instanceof InvalidProducerEpochException) {
                return true;
            }
        }
        return false;
    }
}
