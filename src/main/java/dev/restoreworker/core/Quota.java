package dev.restoreworker.core;

/**
 * How many downloads may live at once. Atlas' own limits are 20 in a project and 1 of a snapshot
 * (its manual, "Download a snapshot"); people and other tools use them as well.
 */
public interface Quota {

    /** Atlas' own limit for all who use a project. */
    int ATLAS_DOWNLOADS_PER_PROJECT = 20;

    /** Ours in this project. */
    int downloadsPerProject(String projectId);

    /** Ours of one snapshot. */
    int downloadsPerSnapshot();
}
