package dev.restoreworker.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        mixinStandardHelpOptions = true,
        name = "show",
        description =
                "All that there is of one dead letter. What is no plain character is written as an"
                        + " escape.")
final class ShowCommand implements Callable<Integer> {

    private final Context context;

    @Parameters(paramLabel = "P/OFFSET", description = "The dead letter, as list names it.")
    private Place place = new Place(0, 0);

    @Option(
            names = "--raw",
            paramLabel = "FILE",
            description = "Writes the value, byte by byte as it is, into this new file.")
    private @Nullable Path raw;

    ShowCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var kafka = context.kafka().get();
        var found = new ArrayList<Letter>();
        new Letters(kafka).each(new Choice(Set.of(), null, null, null, Set.of(place)), found::add);
        if (found.isEmpty()) {
            throw new CommandException("There is no dead letter " + place);
        }
        var letter = found.getFirst();
        show(letter, Replayed.read(kafka).contains(place));
        if (raw != null) {
            write(letter, raw);
        }
        return Commands.DONE;
    }

    private void show(Letter letter, boolean replayed) {
        var out = context.out();
        out.println("place     " + place);
        out.println("time      " + letter.at());
        out.println("origin    " + Shown.text(letter.origin()));
        out.println(
                "state     "
                        + (replayed
                                ? "replayed"
                                : letter.obstacle()
                                        .map(why -> "can't be replayed: " + Shown.text(why))
                                        .orElse("can be replayed")));
        letter.notes().forEach(note -> header(out, "note      ", note));
        out.println("key       " + Shown.bytes(letter.key()));
        letter.headers().forEach(header -> header(out, "header    ", header));
        var value = letter.value();
        if (value == null) {
            out.println("value     null");
        } else {
            out.println("value     (%d bytes here)".formatted(value.length));
            Shown.lines(value).forEach(line -> out.println("    " + line));
        }
    }

    private static void header(PrintStream out, String title, Header header) {
        out.println(title + Shown.text(header.key()) + " = " + Shown.bytes(header.value()));
    }

    private void write(Letter letter, Path file) {
        var value = letter.value();
        if (value == null) {
            throw new CommandException("Its value is null, for which there is no file");
        }
        try {
            Files.write(file, value, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new CommandException("There is a file %s already".formatted(file), e);
        } catch (IOException e) {
            throw new CommandException("%s can't be written: %s".formatted(file, e), e);
        }
        context.out().println("The value is in " + file);
    }
}
