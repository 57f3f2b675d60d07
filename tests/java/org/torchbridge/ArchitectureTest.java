package org.torchbridge;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rooms of {@code docs/architecture.md}: which package may use which. */
class ArchitectureTest {
    private static final String ROOT = "org.torchbridge";
    private static final String INTERNAL = "internal";

    /** What each room may use besides itself, the root, {@code internal} and the libraries. */
    private static final Map<String, List<String>> ROOMS = Map.of(
            "autograd", List.of(),
            "nn", List.of("autograd"),
            "optim", List.of("nn", "autograd"),
            "io", List.of(),
            "data", List.of(),
            "graph", List.of(),
            "jit", List.of("nn", "autograd", "graph", "io"),
            "onnx", List.of("nn", "graph", "jit", "io"),
            "vision", List.of("nn", "data", "io"),
            "cli", List.of("nn", "optim", "io", "data", "vision", "graph", "jit", "onnx"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ArchitectureTest::belongsToTheLibrary)
            .importPackages(ROOT);

    /** What comes from the same place as the library's own classes: not tests, examples and the generator. */
    private static boolean belongsToTheLibrary(Location location) {
        return location.contains(
                Tensor.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    static Stream<String> rooms() {
        return ROOMS.keySet().stream().sorted();
    }

    @Test
    void everyPackageIsARoom() {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            String below = type.getPackageName().substring(ROOT.length());
            if (!below.isEmpty()) {
                found.add(below.substring(1).split("\\.")[0]);
            }
        }
        found.remove(INTERNAL);

        assertThat(ROOMS.keySet()).as("the rooms that this test knows").containsAll(found);
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomUsesOnlyWhatTheTableSays(String room) {
        String[] allowed = Stream.concat(Stream.of(room, INTERNAL), ROOMS.get(room).stream())
                .map(ArchitectureTest::packages)
                .toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage(packages(room))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + ".(*)..").and(not(resideInAnyPackage(allowed))))
                .because("the table of rooms in docs/architecture.md says so")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void theRootUsesInternalAlone() {
        noClasses()
                .that(resideInAPackage(ROOT).and(not(simpleName("Torch"))))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + ".(*)..").and(not(resideInAPackage(packages(INTERNAL)))))
                .check(CLASSES);
    }

    @Test
    void torchReachesIoToo() {
        noClasses()
                .that(resideInAPackage(ROOT).and(simpleName("Torch")))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + ".(*)..")
                        .and(not(resideInAnyPackage(packages(INTERNAL), packages("io")))))
                .because("only Torch.save and Torch.load reach into another room")
                .check(CLASSES);
    }

    @Test
    void internalUsesNothingAbove() {
        noClasses()
                .that()
                .resideInAPackage(packages(INTERNAL))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(ROOT, ROOT + "..").and(not(resideInAPackage(packages(INTERNAL)))))
                .check(CLASSES);
    }

    @Test
    void onlyInternalTouchesThePresets() {
        noClasses()
                .that(not(resideInAPackage(packages(INTERNAL))).and(not(simpleName("Tensor"))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void tensorTouchesThePresetsInWrapAndUnwrapAlone() {
        Set<String> bridges = new TreeSet<>();
        CLASSES.get(Tensor.class).getDirectDependenciesFromSelf().stream()
                .filter(dependency ->
                        dependency.getTargetClass().getPackageName().startsWith("org.bytedeco"))
                .forEach(dependency ->
                        bridges.add(dependency.getDescription().replaceAll("(?s).*?Tensor\\.(\\w+)\\(.*", "$1")));

        assertThat(bridges).containsExactly("unwrap", "wrap");
    }

    private static String packages(String room) {
        return ROOT + "." + room + "..";
    }
}
