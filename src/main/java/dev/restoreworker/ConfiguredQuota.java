package dev.restoreworker;

import dev.restoreworker.core.Quota;

/** The limits that the operator set. */
record ConfiguredQuota(RestoreConfig.Quotas quotas) implements Quota {

    @Override
    public int downloadsPerProject(String projectId) {
        return quotas.projects().getOrDefault(projectId, quotas.downloadsPerProject());
    }

    @Override
    public int downloadsPerSnapshot() {
        return quotas.downloadsPerSnapshot();
    }
}
