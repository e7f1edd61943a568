package dev.restoreworker.sandbox.atlas;

/** What happens to some calls. Its name stands in the books beside each call that met it. */
record Rule(String name, Condition when, Treatment then) {}
