package dev.restoreworker.whole;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Capability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The worker's image, running as the manifests under {@code k8s} run it: nothing but {@code /tmp}
 * can be written to, and there is no privilege to be had. It shares this machine's network, so that
 * the simulated Atlas is on an address that the worker takes without TLS.
 */
final class WorkerContainer extends Worker {

    private static final int GRACE_SECONDS = 40;

    private final GenericContainer<?> container;

    private WorkerContainer(GenericContainer<?> container, int port) {
        super(port);
        this.container = container;
    }

    static WorkerContainer start(String image, Map<String, String> environment) {
        var port = freePort();
        var container =
                new GenericContainer<>(DockerImageName.parse(image))
                        .withImagePullPolicy(_ -> false) // it was built here
                        .withEnv(environment)
                        .withEnv("QUARKUS_HTTP_PORT", String.valueOf(port))
                        .withNetworkMode("host")
                        .withTmpFs(Map.of("/tmp", "rw,exec,size=64m"))
                        .withCreateContainerCmdModifier(WorkerContainer::restrict);
        container.start();
        return new WorkerContainer(container, port);
    }

    private static void restrict(CreateContainerCmd command) {
        Objects.requireNonNull(command.getHostConfig())
                .withReadonlyRootfs(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"));
    }

    private static int freePort() {
        try (var free = new ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    WorkerContainer awaitReady() {
        awaitReady(Duration.ofSeconds(90));
        return this;
    }

    /** Whom it runs as, as the image says. */
    String user() {
        return Objects.requireNonNull(inspect().getConfig().getUser());
    }

    @Override
    boolean isAlive() {
        return container.isRunning();
    }

    @Override
    String log() {
        return container.getLogs();
    }

    @Override
    int terminate() {
        container
                .getDockerClient()
                .stopContainerCmd(container.getContainerId())
                .withTimeout(GRACE_SECONDS)
                .exec();
        return Math.toIntExact(Objects.requireNonNull(inspect().getState().getExitCodeLong()));
    }

    private InspectContainerResponse inspect() {
        return container.getDockerClient().inspectContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void close() {
        container.stop();
    }
}
