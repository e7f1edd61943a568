package dev.restoreworker.simulation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Loads all classes of the project anew, and those of a mutant with its fault. */
final class MutantLoader extends ClassLoader {

    private static final String PROJECT = "dev.restoreworker.";

    private final Map<String, byte[]> mutated;

    MutantLoader(Mutant mutant) {
        super("mutant", MutantLoader.class.getClassLoader());
        this.mutated = compiled(mutant);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PROJECT)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            var loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        var bytes = mutated.containsKey(name) ? mutated.get(name) : original(name);
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] original(String name) throws ClassNotFoundException {
        try (var in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /** Its class and those within it, by name. */
    private static Map<String, byte[]> compiled(Mutant mutant) {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var faults = new DiagnosticCollector<JavaFileObject>();
        try (var files = new Written(compiler.getStandardFileManager(faults, null, null))) {
            var task =
                    compiler.getTask(
                            null,
                            files,
                            faults,
                            List.of("-proc:none", "-parameters", "-classpath", classPath()),
                            null,
                            List.of(new Source(mutant)));
            if (!task.call()) {
                throw new AssertionError(mutant + " does not compile: " + faults.getDiagnostics());
            }
            return files.classes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Surefire may hide it behind a jar that names it. */
    private static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** The mutant's source. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(Mutant mutant) {
            super(
                    URI.create("memory:///" + mutant.className().replace('.', '/') + ".java"),
                    Kind.SOURCE);
            text = mutant.source();
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Keeps in memory what is compiled. */
    private static final class Written extends ForwardingJavaFileManager<StandardJavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

        Written(StandardJavaFileManager files) {
            super(files);
        }

        Map<String, byte[]> classes() {
            var bytes = new HashMap<String, byte[]>();
            classes.forEach((name, written) -> bytes.put(name, written.toByteArray()));
            return bytes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                JavaFileManager.Location location,
                String className,
                JavaFileObject.Kind kind,
                FileObject sibling) {
            return new SimpleJavaFileObject(
                    URI.create("memory:///" + className.replace('.', '/') + kind.extension), kind) {
                @Override
                public OutputStream openOutputStream() {
                    var out = new ByteArrayOutputStream();
                    classes.put(className, out);
                    return out;
                }
            };
        }
    }
}
