package dev.restoreworker.whole;

import dev.restoreworker.whole.agent.Point;
import dev.restoreworker.whole.agent.PointAgent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** The classes of the agent as a jar, as a virtual machine wants them. */
final class AgentJar {

    private static final String PACKAGE = Point.class.getPackageName();

    private AgentJar() {}

    static Path in(Path folder) {
        var manifest = new Manifest();
        var attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(new Attributes.Name("Premain-Class"), PointAgent.class.getName());
        var jar = folder.resolve("points.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                var classes = Files.list(folderOf(PointAgent.class))) {
            for (var each : classes.filter(it -> it.toString().endsWith(".class")).toList()) {
                out.putNextEntry(
                        new JarEntry(PACKAGE.replace('.', '/') + "/" + each.getFileName()));
                Files.copy(each, out);
                out.closeEntry();
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folderOf(Class<?> type) {
        try {
            var root = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
            return root.resolve(PACKAGE.replace('.', '/'));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
