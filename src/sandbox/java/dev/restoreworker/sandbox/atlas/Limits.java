package dev.restoreworker.sandbox.atlas;

/**
 * What there may be at once in the simulated Atlas: so many live downloads in a project, one of a
 * snapshot, one restore that runs onto a target cluster. Jobs that people make are never refused;
 * they take up room.
 *
 * @param enforced whether a create call beyond a limit is refused; if not, it succeeds, and the
 *     books tell of it
 */
public record Limits(boolean enforced, int downloadsPerProject) {
    /** As many as Atlas allows. */
    private static final int DOWNLOADS = 20;

    public static final Limits ENFORCED = new Limits(true, DOWNLOADS);
    public static final Limits COUNTED = new Limits(false, DOWNLOADS);

    public Limits {
        if (downloadsPerProject < 0) {
            throw new IllegalArgumentException(
                    "downloadsPerProject is negative: " + downloadsPerProject);
        }
    }
}
