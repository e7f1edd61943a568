package dev.restoreworker.atlas;

import java.text.MessageFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** All that is logged while it is open. */
final class LoggedText extends Handler implements AutoCloseable {

    private final Logger root = Logger.getLogger("");
    private final Queue<String> texts = new ConcurrentLinkedQueue<>();

    LoggedText() {
        root.addHandler(this);
    }

    /** Those that begin so. */
    List<String> lines(String beginning) {
        return texts.stream().filter(it -> it.startsWith(beginning)).toList();
    }

    @Override
    public void publish(LogRecord line) {
        var parameters = line.getParameters();
        var message =
                parameters == null || parameters.length == 0
                        ? line.getMessage()
                        : MessageFormat.format(line.getMessage(), parameters);
        texts.add(message + " " + line.getThrown());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        root.removeHandler(this);
    }

    @Override
    public String toString() {
        return texts.toString();
    }
}
