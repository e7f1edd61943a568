package dev.restoreworker;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.yaml.snakeyaml.Yaml;

/** The Deployment under {@code k8s/base}, and the settings that it is given. */
public final class Manifests {

    private static final Path BASE = Path.of("k8s/base");

    private final Map<?, ?> deployment;
    private final Map<String, String> settings;

    private Manifests(Map<?, ?> deployment, Map<String, String> settings) {
        this.deployment = deployment;
        this.settings = settings;
    }

    public static Manifests base() {
        return new Manifests(
                new Yaml().load(read(BASE.resolve("deployment.yaml"))),
                variables(BASE.resolve("settings.env")));
    }

    /** The ConfigMap's. */
    public Map<String, String> settings() {
        return settings;
    }

    /** Those that the container is given besides. */
    public Map<String, String> variables() {
        var variables = new HashMap<String, String>();
        for (var each : (List<?>) ofContainer("env")) {
            variables.put(string(value(each, "name")), string(value(each, "value")));
        }
        return variables;
    }

    /** Where the volume of that name is mounted. */
    public String mountOf(String volume) {
        return ((List<?>) ofContainer("volumeMounts"))
                .stream()
                        .filter(mount -> value(mount, "name").equals(volume))
                        .map(mount -> string(value(mount, "mountPath")))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("Not mounted: " + volume));
    }

    Object ofContainer(String... path) {
        var containers = (List<?>) at("spec", "template", "spec", "containers");
        return at(containers.getFirst(), path);
    }

    Object at(String... path) {
        return at(deployment, path);
    }

    private static Object at(Object start, String... path) {
        var found = start;
        for (var name : path) {
            found = value(found, name);
        }
        return found;
    }

    private static Object value(Object map, String name) {
        var value = ((Map<?, ?>) map).get(name);
        if (value == null) {
            throw new AssertionError("No " + name + " in " + map);
        }
        return value;
    }

    private static String string(Object value) {
        return (String) value;
    }

    /** As kustomize reads them: a comment begins with #, and a value ends with its line. */
    static Map<String, String> variables(Path file) {
        var properties = new Properties();
        try {
            properties.load(new StringReader(read(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var variables = new HashMap<String, String>();
        properties.stringPropertyNames().forEach(n -> variables.put(n, properties.getProperty(n)));
        return variables;
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
