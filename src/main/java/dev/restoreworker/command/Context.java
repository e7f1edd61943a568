package dev.restoreworker.command;

import java.io.PrintStream;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;

/** What a command works with. {@code kafka} reads the settings when it is asked, not before. */
record Context(
        Supplier<KafkaAccess> kafka,
        Function<Map<String, Object>, Producer<byte[], byte[]>> producers,
        PrintStream out,
        PrintStream err,
        InstantSource clock) {}
