package dev.restoreworker.core;

/** An operator's word on what became of a request whose outcome is unknown: who, and why. */
public record Resolution(String by, String reason) {}
