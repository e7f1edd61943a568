package dev.restoreworker;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The events that are decided and not yet published. One relay, elected by a lease, empties it. */
public interface Outbox {

    /**
     * How far its batches are: the last that was {@code numbered}, the last that is known to be
     * {@code published}, and whether one is {@code prepared} and not known to be published. If so,
     * it is the last that was numbered.
     */
    record Progress(UUID ledger, long numbered, long published, boolean prepared) {}

    /** An event in the outbox: {@code id} grows in the order of writing, {@code at} is when. */
    record Pending(long id, Instant at, OutgoingEvent event) {}

    /** A numbered batch. Its number is durable before the batch may be published. */
    record Batch(long number, List<Pending> events) {}

    Progress progress();

    /**
     * Takes or renews the relay's lease for {@code holder}. True if it is the holder's now, until
     * {@code lease} from now by the ledger's clock.
     */
    boolean lead(String holder, Duration lease);

    /** Gives the lease back, if it is the holder's. */
    void resign(String holder);

    /**
     * The batch that was prepared and not yet marked as published, if there is one; else the next
     * up to {@code max} events under the next number. Empty if there is nothing to publish.
     *
     * @throws IllegalStateException if the lease is not the holder's
     */
    Batch prepare(String holder, int max);

    /** Notes that this batch is published, and forgets its events. May be called again. */
    void published(long batch);

    /**
     * Takes an event out of its batch and keeps it aside for an operator: Kafka refuses it for
     * itself, and the rest must flow. A batch of which nothing is left is no longer prepared, and
     * never counts as published.
     */
    void setAside(Pending event, String cause);

    /** Waits until something was probably put into the outbox by this process, or for so long. */
    void await(Duration atMost) throws InterruptedException;
}
