package dev.restoreworker.command;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.time.Clock;
import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * Runs the worker or, with arguments, a command. A command starts nothing of the worker: no
 * channel, no database, no port.
 */
@QuarkusMain
public final class Main {

    Main() {} // not private: Quarkus takes whatever has a main for a bean

    public static void main(String... args) {
        if (args.length == 0) {
            Quarkus.run(args);
            return;
        }
        warnOnly();
        var context =
                new Context(
                        KafkaAccess::ofWorker,
                        KafkaProducer::new,
                        System.out,
                        System.err,
                        Clock.systemUTC());
        System.exit(Commands.execute(context, args));
    }

    /** Nothing has set up the log yet; as it is, it would keep all that is said for itself. */
    private static void warnOnly() {
        var root = Logger.getLogger("");
        for (var handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.setLevel(Level.WARNING);
        root.addHandler(new ConsoleHandler());
    }
}
