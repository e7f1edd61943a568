package dev.restoreworker.whole.agent;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Weaves calls of {@link PointHook} into classes while they are loaded. A point that is not found
 * ends the process: a test that waits for it would prove nothing.
 */
final class PointWeaver implements ClassFileTransformer {

    private static final ClassDesc HOOK = ClassDesc.of(PointHook.class.getName());
    private static final MethodTypeDesc REACHED =
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String);

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] bytes) {
        var points = className == null ? List.<Point>of() : Point.in(className);
        if (points.isEmpty()) {
            return null;
        }
        try {
            return woven(bytes, points, loader);
        } catch (Throwable e) { // the virtual machine would go on without the points
            System.err.println("The points " + points + " cannot be woven in: " + e);
            Runtime.getRuntime().halt(70);
            return null;
        }
    }

    /** The class with a call at each of these points, which all must be its own. */
    static byte[] woven(byte[] bytes, List<Point> points, @Nullable ClassLoader loader) {
        var classFile =
                ClassFile.of(
                        ClassFile.ClassHierarchyResolverOption.of(
                                ClassHierarchyResolver.ofResourceParsing(
                                                loader == null
                                                        ? ClassLoader.getSystemClassLoader()
                                                        : loader)
                                        .orElse(ClassHierarchyResolver.defaultResolver())));
        var model = classFile.parse(bytes);
        var transform = ClassTransform.ACCEPT_ALL;
        for (var point : points) {
            requireOne(model, point);
            transform =
                    transform.andThen(
                            ClassTransform.transformingMethodBodies(
                                    method -> method.methodName().equalsString(point.method()),
                                    at(point)));
        }
        return classFile.transformClass(model, transform);
    }

    private static void requireOne(ClassModel model, Point point) {
        var found =
                model.methods().stream()
                        .filter(method -> method.methodName().equalsString(point.method()))
                        .count();
        if (found != 1) {
            throw new IllegalStateException(
                    "%s needs one method %s of %s, and there are %d"
                            .formatted(point, point.method(), point.className(), found));
        }
    }

    private static CodeTransform at(Point point) {
        return switch (point.where()) {
            case ENTRY ->
                    new CodeTransform() {
                        @Override
                        public void atStart(CodeBuilder code) {
                            call(code, point);
                        }

                        @Override
                        public void accept(CodeBuilder code, CodeElement element) {
                            code.with(element);
                        }
                    };
            case EXIT ->
                    (code, element) -> {
                        if (element instanceof ReturnInstruction) {
                            call(code, point);
                        }
                        code.with(element);
                    };
            case OUTSIDE -> throw new IllegalArgumentException(point + " is not in the worker");
        };
    }

    private static void call(CodeBuilder code, Point point) {
        code.ldc(point.name()).invokestatic(HOOK, "reached", REACHED);
    }
}
