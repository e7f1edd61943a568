package dev.restoreworker.whole;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** What becomes of an answer of Atlas on its way back. The call had its effect in any case. */
enum Mishap {
    NONE,
    /** The connection ends without an answer. */
    LOST,
    /** A 500, though Atlas did what it was asked. */
    SERVER_ERROR,
    /** The body comes in small pieces, which take a second. */
    SLOW,
    /** The connection ends in the middle of the body. */
    CUT,
    /** The body has its length, and is nothing that can be read. */
    GARBAGE;

    private static final String ERROR =
            "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    private static final int PIECES = 10;
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** Each spoils one answer in twenty, drawn from one seed. */
    static Function<HttpText, Mishap> often(long seed) {
        var random = new Random(seed);
        return _ -> {
            synchronized (random) {
                var drawn = random.nextInt(20);
                return drawn < values().length - 1 ? values()[drawn + 1] : NONE;
            }
        };
    }

    /** Every so many create calls lose their answer, and nothing else happens. */
    static Function<HttpText, Mishap> losing(int every) {
        var count = new AtomicInteger();
        return call -> call.isCreate() && count.incrementAndGet() % every == 0 ? Mishap.LOST : NONE;
    }

    /** Writes what is left of the answer. False if the connection must end now. */
    boolean befall(HttpText answer, OutputStream out) throws IOException {
        var body = answer.body();
        switch (this) {
            case NONE -> answer.writeTo(out);
            case LOST -> {
                return false;
            }
            case SERVER_ERROR -> out.write(ERROR.getBytes(ISO_8859_1));
            case SLOW -> {
                out.write(answer.headBytes());
                for (var i = 0; i < PIECES; i++) {
                    LockSupport.parkNanos(PAUSE.toNanos());
                    out.write(
                            Arrays.copyOfRange(
                                    body,
                                    body.length * i / PIECES,
                                    body.length * (i + 1) / PIECES));
                }
            }
            case CUT -> {
                new HttpText(answer.head(), Arrays.copyOf(body, body.length / 2)).writeTo(out);
                return false;
            }
            case GARBAGE -> {
                var garbage = new byte[body.length];
                new Random(body.length).nextBytes(garbage);
                new HttpText(answer.head(), garbage).writeTo(out);
            }
        }
        return true;
    }
}
