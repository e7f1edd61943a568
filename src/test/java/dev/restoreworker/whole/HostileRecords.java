package dev.restoreworker.whole;

import static dev.restoreworker.whole.RequestJson.PROJECT;
import static dev.restoreworker.whole.RequestJson.SNAPSHOT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records that somebody made to do harm, any number of them from one seed, and what must become of
 * each. None of them may reach Atlas.
 */
final class HostileRecords {

    /** What becomes of a record. The names of the first ones are reasons on the topics. */
    enum Fate {
        UNREADABLE,
        UNKNOWN_TYPE,
        NO_ID,
        TOO_LARGE,
        REQUEST_CONFLICT,
        INVALID_REQUEST,
        TARGET_NOT_ALLOWED,
        /** The id and content of a request that is on record. */
        DUPLICATE,
        /** The id and bytes of a dead letter that is published. */
        KNOWN_LETTER;

        boolean isDeadLetter() {
            return compareTo(REQUEST_CONFLICT) <= 0;
        }

        boolean isFailure() {
            return this == INVALID_REQUEST || this == TARGET_NOT_ALLOWED;
        }
    }

    /** Which record of all it is; the first header, so that it is never left out. */
    static final String NUMBER = "number";

    /** One of so many is as large as the broker takes it, or nearly so. */
    private static final int LARGE_EACH = 500;

    private static final int KINDS = 32;
    private static final int TOO_LARGE = 256 * 1024 + 1;
    private static final int LARGEST = 1024 * 1024 - 400;

    private static final String[] EVIL = {
        "../../groups",
        "..%2f..%2fgroups",
        "a\\r\\nHost: evil",
        "a\\u0000b",
        "\\ud800",
        "\\udc00\\ud800",
        "a/../../b?x=1#y",
        "\\u202e5e2211c1",
        "'; drop table request; --",
        "${jndi:ldap://evil/a}",
        "\\u001b[2J",
        "\\ufeff\\u2028",
    };
    private static final String[] ABSURD = {
        "1e400",
        "-1e999999999",
        "1e-999999999",
        "99999999999999999999999999999999999999",
        "-1",
        "1.5",
        "\"1700000000\"",
        "true",
        "[[[]]]",
        "{\"a\":{}}",
        "9".repeat(900),
    };
    private static final String[] DURATIONS = {
        "-PT1H", "PT0S", "P99999999999999999999D", "forever", "PT1H\\u0000", "", "P1Y", "2h"
    };

    private final long seed;
    private final int knownRequests;

    /** {@code knownRequests} ids of {@link #known} are settled before. */
    HostileRecords(long seed, int knownRequests) {
        this.seed = seed;
        this.knownRequests = knownRequests;
    }

    record Hostile(ProducerRecord<byte[], byte[]> record, Fate fate) {}

    /** A good request that is to be on record before all others. */
    static String known(int number) {
        return RequestJson.download("known-" + number, "%024x".formatted(number));
    }

    /** Always the same for the same number. */
    Hostile of(int number) {
        var kind = number % KINDS;
        if (number % LARGE_EACH == LARGE_EACH - 1) {
            return large(number);
        }
        if (kind == KINDS - 1 && (number - 1) % LARGE_EACH != LARGE_EACH - 1) {
            return new Hostile(of(number - 1).record(), Fate.KNOWN_LETTER); // see kind 30
        }
        var random = new Random(seed * 31 + number);
        var evil = EVIL[random.nextInt(EVIL.length)];
        var absurd = ABSURD[random.nextInt(ABSURD.length)];
        return switch (kind) {
            case 0 -> hostile(number, random, bytes(random), Fate.UNREADABLE);
            case 1 -> hostile(number, random, nested(number, random), Fate.UNREADABLE);
            case 2 ->
                    plain(
                            number,
                            random,
                            "{\"requestId\":\"a\",\"requestId\":\"b\"}",
                            Fate.UNREADABLE);
            case 3 -> hostile(number, random, null, Fate.UNREADABLE);
            case 4 -> plain(number, random, cut(request(number), random), Fate.UNREADABLE);
            case 5 -> hostile(number, random, notUtf8(number, random), Fate.UNREADABLE);
            case 6 ->
                    plain(
                            number,
                            random,
                            request(number) + "\0" + request(number),
                            Fate.UNREADABLE);
            case 7 -> plain(number, random, "[" + request(number) + "]", Fate.UNREADABLE);
            case 8 ->
                    plain(
                            number,
                            random,
                            request(number, "priority", "9".repeat(1_001 + random.nextInt(999))),
                            Fate.UNREADABLE);
            case 9 -> plain(number, random, request(number, "requestId", "[\"a\"]"), Fate.NO_ID);
            case 10 ->
                    plain(
                            number,
                            random,
                            request(number, "requestId", "\"" + evil + "\\u0000\""),
                            Fate.NO_ID);
            case 11 ->
                    plain(
                            number,
                            random,
                            request(number, "requestId", "\"" + "x".repeat(256) + "\""),
                            Fate.NO_ID);
            case 12 -> invalid(number, random, "projectId", "\"" + evil + "\"");
            case 13 -> invalid(number, random, "clusterName", "\"" + evil + "\"");
            case 14 -> invalid(number, random, "snapshotId", "\"" + evil + "\"");
            case 15 -> invalid(number, random, "targetProjectId", "\"" + evil + "\"");
            case 16 -> invalid(number, random, "targetClusterName", "\"" + evil + "\"");
            case 17 -> invalid(number, random, "deliveryType", "\"" + evil + "\"");
            case 18 ->
                    plain(
                            number,
                            random,
                            request(
                                    number,
                                    "deliveryType",
                                    "\"pointInTime\"",
                                    "snapshotId",
                                    "null",
                                    "pointInTimeUTCSeconds",
                                    absurd),
                            Fate.INVALID_REQUEST);
            case 19 ->
                    invalid(number, random, "priority", "1" + "0".repeat(random.nextInt(4, 990)));
            case 20 ->
                    invalid(
                            number,
                            random,
                            "patience",
                            "\"" + DURATIONS[random.nextInt(DURATIONS.length)] + "\"");
            case 21 ->
                    invalid(number, random, "correlationId", "\"" + evil + "x".repeat(256) + "\"");
            case 22 ->
                    plain(
                            number,
                            random,
                            request(number, "targetClusterName", "\"production\""),
                            Fate.TARGET_NOT_ALLOWED);
            case 23 ->
                    plain(number, random, request(number, "action", "\"copy\""), Fate.UNKNOWN_TYPE);
            case 24 ->
                    plain(
                            number,
                            random,
                            request(number, "specversion", "\"1.0\""),
                            Fate.UNKNOWN_TYPE);
            case 25 -> event(number, random, Map.of("ce_type", "x." + number), Fate.UNKNOWN_TYPE);
            case 26 -> event(number, random, Map.of("ce_id", "a\r\n" + number), Fate.UNREADABLE);
            case 27 -> halfEvent(number, random);
            case 28 -> eventWithoutId(number, random);
            case 29 ->
                    plain(
                            number,
                            random,
                            known(random.nextInt(knownRequests)).replace("{", "{ \"ignored\":1,"),
                            Fate.DUPLICATE);
            default -> // 30, which the next one is a copy of
                    plain(
                            number,
                            random,
                            known(random.nextInt(knownRequests)).replace("orders", "other"),
                            Fate.REQUEST_CONFLICT);
        };
    }

    /** Valid but for the fields that {@code changed} names, in pairs, with values in JSON. */
    private static String request(int number, String... changed) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("requestId", "\"../hostile?%0a-" + number + "\"");
        fields.put("projectId", "\"" + PROJECT + "\"");
        fields.put("clusterName", "\"orders\"");
        fields.put("deliveryType", "\"automated\"");
        fields.put("snapshotId", "\"" + SNAPSHOT + "\"");
        fields.put("targetProjectId", "\"" + PROJECT + "\"");
        fields.put("targetClusterName", "\"standby\"");
        for (var i = 0; i < changed.length; i += 2) {
            fields.put(changed[i], changed[i + 1]);
        }
        return fields.entrySet().stream()
                .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static Hostile invalid(int number, Random random, String field, String value) {
        return plain(number, random, request(number, field, value), Fate.INVALID_REQUEST);
    }

    private static Hostile plain(int number, Random random, String value, Fate fate) {
        return hostile(number, random, value.getBytes(UTF_8), fate);
    }

    @SuppressWarnings("NullAway") // Kafka takes a record without a key or value
    private static Hostile hostile(int number, Random random, byte @Nullable [] value, Fate fate) {
        var key = random.nextInt(4) == 0 ? null : bytes(random);
        var record = new ProducerRecord<>(Surroundings.REQUESTS, key, value);
        record.headers().add(NUMBER, String.valueOf(number).getBytes(UTF_8));
        if (random.nextInt(200) == 0) {
            for (var i = 0; i < 2_000; i++) {
                record.headers().add(i % 2 == 0 ? "bomb" : "\u001b[2J" + i, bytes(random));
            }
        }
        return new Hostile(record, fate);
    }

    private static byte[] bytes(Random random) {
        var bytes = new byte[random.nextInt(1, 60)];
        random.nextBytes(bytes);
        bytes[0] = (byte) 0xff; // never UTF-8
        return bytes;
    }

    private static byte[] nested(int number, Random random) {
        var opening = random.nextBoolean() ? "[" : "{\"a\":";
        return request(number, "context", opening.repeat(10_000)).getBytes(UTF_8);
    }

    private static String cut(String json, Random random) {
        return json.substring(0, random.nextInt(1, json.length()));
    }

    private static byte[] notUtf8(int number, Random random) {
        var json = request(number).getBytes(UTF_8);
        json[random.nextInt(1, json.length)] = (byte) 0xc0;
        return json;
    }

    /** A CloudEvent that is in order, with a request that is not, but for these headers. */
    private static Hostile event(
            int number, Random random, Map<String, String> changed, Fate fate) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", "e-" + number);
        headers.put("ce_source", "/../../evil");
        headers.put("ce_type", "dev.restoreworker.restore-request.v1");
        headers.putAll(changed);
        var hostile = plain(number, random, request(number, "requestId", "null"), fate);
        headers.forEach(
                (name, value) -> hostile.record().headers().add(name, value.getBytes(UTF_8)));
        return hostile;
    }

    private static Hostile halfEvent(int number, Random random) {
        var one =
                switch (random.nextInt(5)) {
                    case 0 -> Map.of("ce_specversion", "0.3");
                    case 1 -> Map.of("ce_type", "");
                    case 2 -> Map.of("content-type", "application/cloudevents+json");
                    case 3 -> Map.of("CE_ID", "twice");
                    default -> Map.of("content-type", "text/html");
                };
        return event(number, random, one, Fate.UNREADABLE);
    }

    private static Hostile eventWithoutId(int number, Random random) {
        return event(number, random, Map.of("ce_source", "a b"), Fate.NO_ID);
    }

    private Hostile large(int number) {
        var random = new Random(seed * 31 + number);
        var size =
                number % (5 * LARGE_EACH) == LARGE_EACH - 1
                        ? LARGEST
                        : random.nextInt(TOO_LARGE, LARGEST);
        var head = request(number).replace("}", ",\"context\":\"");
        var record =
                new ProducerRecord<byte[], byte[]>(
                        Surroundings.REQUESTS,
                        (head + "x".repeat(size - head.length() - 2) + "\"}").getBytes(UTF_8));
        record.headers().add(NUMBER, String.valueOf(number).getBytes(UTF_8));
        return new Hostile(record, Fate.TOO_LARGE);
    }
}
