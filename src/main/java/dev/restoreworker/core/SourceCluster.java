package dev.restoreworker.core;

/** The cluster that owns a snapshot: Atlas lists the restore jobs that were made of it under it. */
public record SourceCluster(String projectId, String clusterName) {}
