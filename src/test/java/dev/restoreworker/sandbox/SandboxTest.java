package dev.restoreworker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.sandbox.atlas.Limits;
import java.util.Properties;
import org.junit.jupiter.api.Test;

final class SandboxTest {
    @Test
    void its_atlas_enforces_limits() {
        var options = Sandbox.simulator(SandboxSettings.of(new Properties()));

        assertThat(options.limits()).isEqualTo(Limits.ENFORCED);
        assertThat(options.limits().downloadsPerProject()).isEqualTo(20);
    }
}
