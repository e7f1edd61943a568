package dev.restoreworker.command;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** All commands, and how each of them ends. */
final class Commands {

    static final int DONE = 0;
    static final int NOT_ALL_DONE = 1;
    static final int USAGE = 2;

    private Commands() {}

    /** Runs the command that {@code args} name. The status to end the process with. */
    static int execute(Context context, String... args) {
        return new CommandLine(group(new Root()))
                .addSubcommand(
                        new CommandLine(group(new DeadLetters()))
                                .addSubcommand(new ListCommand(context))
                                .addSubcommand(new ShowCommand(context))
                                .addSubcommand(new ReplayCommand(context)))
                .setOut(writer(context.out()))
                .setErr(writer(context.err()))
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .registerConverter(Place.class, text -> read(text, Place::of))
                .registerConverter(
                        Instant.class, text -> read(text, it -> Times.of(it, context.clock())))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, _) -> refuse(context, wrong))
                .setExecutionExceptionHandler((failure, _, _) -> fail(context, failure))
                .execute(args);
    }

    /** A message of ours: any other exception's would be hidden behind the converter's name. */
    private static <T> T read(String text, Function<String, T> reader) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }

    private static int refuse(Context context, ParameterException wrong) {
        context.err().println(Shown.text(String.valueOf(wrong.getMessage())));
        wrong.getCommandLine().usage(context.err());
        return USAGE;
    }

    private static int fail(Context context, Exception failure) {
        context.err().println(Failures.told(failure));
        return NOT_ALL_DONE;
    }

    /** A command that only holds others: without one of them there is nothing to do. */
    private static CommandSpec group(Object command) {
        return CommandSpec.forAnnotatedObject(command);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    @Command(
            mixinStandardHelpOptions = true,
            name = "java -jar quarkus-run.jar",
            description = "Runs the worker or, with arguments, a command.")
    private static final class Root {}

    @Command(
            mixinStandardHelpOptions = true,
            name = "dead-letters",
            description = "Records that could not become a request, and how to try them again.")
    private static final class DeadLetters {}
}
