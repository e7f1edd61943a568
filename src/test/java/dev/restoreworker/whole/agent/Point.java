package dev.restoreworker.whole.agent;

import java.util.Arrays;
import java.util.List;

/** Where a worker can be held, in the order in which a request passes. */
public enum Point {
    RECEIVED(
            "received",
            "a batch is read, and nothing of it is on record",
            Where.ENTRY,
            "dev.restoreworker.kafka.RestoreRequestConsumer",
            "onBatch"),
    OPENED(
            "opened",
            "the batch is on record, and neither acknowledged nor sent",
            Where.EXIT,
            "dev.restoreworker.ledger.PostgresLedger",
            "open"),
    INTENDED(
            "intent durable",
            "an attempt is written down, and nothing else is done for it",
            Where.ENTRY,
            "dev.restoreworker.RestoreWorker",
            "exchange"),
    CHECKED(
            "last check passed",
            "nothing can object any more, and no byte is written",
            Where.EXIT,
            "dev.restoreworker.atlas.SendGate",
            "pass"),
    WRITTEN("written", "head and body have left the worker, and Atlas has not read them"),
    EFFECTED("effect at Atlas", "the job is made, and nobody was told"),
    ANSWERED(
            "reply in",
            "the worker knows the answer, and the ledger does not",
            Where.ENTRY,
            "dev.restoreworker.RestoreWorker",
            "writeDown"),
    MOVED(
            "moved",
            "the outcome and its event are in the ledger",
            Where.EXIT,
            "dev.restoreworker.RestoreWorker",
            "writeDown"),
    RELAYED(
            "relayed",
            "Kafka has committed a batch, and the ledger does not know it",
            Where.ENTRY,
            "dev.restoreworker.ledger.PostgresOutbox",
            "published"),
    MARKED(
            "marked",
            "the ledger has forgotten the batch",
            Where.EXIT,
            "dev.restoreworker.ledger.PostgresOutbox",
            "published");

    /** At which end of the method; or on the way to Atlas and back, outside the worker. */
    public enum Where {
        ENTRY,
        EXIT,
        OUTSIDE
    }

    private final String words;
    private final String meaning;
    private final Where where;
    private final String className;
    private final String method;

    Point(String words, String meaning) {
        this(words, meaning, Where.OUTSIDE, "", "");
    }

    Point(String words, String meaning, Where where, String className, String method) {
        this.words = words;
        this.meaning = meaning;
        this.where = where;
        this.className = className;
        this.method = method;
    }

    /** Those in this class, which is named as the virtual machine names it. */
    static List<Point> in(String internalName) {
        return Arrays.stream(values())
                .filter(point -> point.where != Where.OUTSIDE)
                .filter(point -> point.className.replace('.', '/').equals(internalName))
                .toList();
    }

    public String words() {
        return words;
    }

    /** What is done when a worker stands here, and what is not. */
    public String meaning() {
        return meaning;
    }

    public Where where() {
        return where;
    }

    /** Empty for a point outside the worker. */
    public String className() {
        return className;
    }

    public String method() {
        return method;
    }
}
