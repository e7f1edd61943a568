package dev.restoreworker.whole.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each point is where the production classes have it now. */
class PointWeaverTest {

    @ParameterizedTest
    @EnumSource(
            names = {"WRITTEN", "EFFECTED"},
            mode = EnumSource.Mode.EXCLUDE)
    void each_point_is_woven_into_its_one_method(Point point) throws IOException {
        var woven = woven(point, point.className());

        assertThat(ClassFile.of().parse(woven).methods())
                .filteredOn(PointWeaverTest::callsHook)
                .extracting(method -> method.methodName().stringValue())
                .containsExactly(point.method());
        assertThat(ClassFile.of().verify(woven))
                .as("what the virtual machine would say, where it knows all classes")
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"WRITTEN", "EFFECTED"},
            mode = EnumSource.Mode.EXCLUDE)
    void a_point_whose_method_is_gone_is_refused(Point point) {
        assertThatThrownBy(() -> woven(point, "dev.restoreworker.Insistence"))
                .hasMessageContaining(point.method())
                .hasMessageContaining("there are 0");
    }

    @ParameterizedTest
    @EnumSource(names = {"WRITTEN", "EFFECTED"})
    void a_point_outside_the_worker_is_nothing_to_weave(Point point) {
        assertThat(Point.in(point.className())).doesNotContain(point);
    }

    private static byte[] woven(Point point, String className) throws IOException {
        var loader = PointWeaverTest.class.getClassLoader();
        try (var in =
                requireNonNull(
                        loader.getResourceAsStream(className.replace('.', '/') + ".class"))) {
            return PointWeaver.woven(in.readAllBytes(), List.of(point), loader);
        }
    }

    private static boolean callsHook(MethodModel method) {
        return method.code().stream()
                .flatMap(code -> code.elementStream())
                .anyMatch(
                        element ->
                                element instanceof InvokeInstruction call
                                        && call.owner()
                                                .asInternalName()
                                                .equals(
                                                        PointHook.class
                                                                .getName()
                                                                .replace('.', '/')));
    }
}
