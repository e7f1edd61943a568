package dev.restoreworker;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Something without which an adapter cannot keep its promises, looked at before all else. */
public interface StartUpCheck {

    /**
     * What must be put right before the worker may start, each with its cure; empty if all is well.
     *
     * @param properties looks a configuration property up by its full name
     */
    List<String> faults(Function<String, Optional<String>> properties);
}
