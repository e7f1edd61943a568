/**
 * The ledger and its outbox on PostgreSQL, by plain JDBC. {@link
 * dev.restoreworker.ledger.PostgresLedger} is the port, {@code MoveWriter} gathers concurrent moves
 * and {@code MoveStatement} is what they become; the tables are in {@code
 * db/migration/V1__ledger.sql}. Nothing here decides about a request, or knows Kafka or Atlas.
 */
@NullMarked
package dev.restoreworker.ledger;

import org.jspecify.annotations.NullMarked;
