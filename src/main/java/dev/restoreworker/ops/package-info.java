/**
 * What operators see over HTTP. It reads the ledger through its port and knows no table, topic or
 * URL of Atlas.
 */
@NullMarked
package dev.restoreworker.ops;

import org.jspecify.annotations.NullMarked;
