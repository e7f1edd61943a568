package dev.restoreworker;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.originOwner;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The direction of dependencies in {@code docs/architecture.md}, as the build sees it. */
class ArchitectureTest {

    private static final JavaClasses PRODUCTION =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.restoreworker");

    @Test
    void the_core_knows_nothing_but_the_jdk() {
        classes()
                .that()
                .resideInAPackage("..core..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "..core..",
                        "java.lang..",
                        "java.math..",
                        "java.time..",
                        "java.util..",
                        "org.jspecify..")
                .check(PRODUCTION);
    }

    @Test
    void only_what_puts_the_parts_together_reads_the_clocks_of_the_machine() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.restoreworker.Wiring")
                .and()
                .doNotHaveFullyQualifiedName("dev.restoreworker.command.Main")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(PRODUCTION);
    }

    @Test
    void the_worker_knows_no_adapter_and_no_technology() {
        noClasses()
                .that()
                .resideInAPackage("dev.restoreworker")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "..kafka..",
                        "..atlas..",
                        "..ledger..",
                        "..ops..",
                        "..command..",
                        "org.apache.kafka..",
                        "io.vertx..",
                        "java.sql..",
                        "javax.sql..",
                        "com.fasterxml..")
                .check(PRODUCTION);
    }

    @Test
    void adapters_do_not_know_each_other() {
        slices().matching("dev.restoreworker.(kafka|atlas|ledger|ops|command)..")
                .should()
                .notDependOnEachOther()
                .check(PRODUCTION);
    }

    @Test
    void tests_make_events_only_where_they_are_held_to_the_published_schemas() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.restoreworker.kafka.CheckedEvents")
                .should()
                .callConstructorWhere(
                        target(owner(name("dev.restoreworker.kafka.RestoreEvents")))
                                .and(
                                        originOwner(
                                                not(
                                                        name(
                                                                "dev.restoreworker.kafka.RestoreEvents")))))
                .check(new ClassFileImporter().importPackages("dev.restoreworker"));
    }

    @Test
    void commands_know_topics_and_settings_and_nothing_of_the_worker() {
        classes()
                .that()
                .resideInAPackage("..command..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(
                                        "..command..",
                                        "..core..",
                                        "java..",
                                        "org.apache.kafka..",
                                        "org.eclipse.microprofile.config..",
                                        "org.jspecify..",
                                        "io.smallrye.config..",
                                        "io.quarkus.runtime..",
                                        "com.fasterxml.jackson.core..",
                                        "picocli..")
                                .or(
                                        belongToAnyOf(
                                                RestoreConfig.class,
                                                Settings.class,
                                                DeadLetter.class)))
                .check(PRODUCTION);
    }

    @Test
    void production_code_knows_nothing_of_the_sandbox() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..sandbox..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..sandbox..")
                .check(PRODUCTION);
    }
}
