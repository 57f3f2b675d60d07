package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of docs/files.md names tests, and they are there. */
class FilesPageTest {
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");
    private static final List<String> PACKAGES = List.of("org.torchbridge.io", "org.torchbridge.cli");
    private static final int COLUMNS = 5;

    /** The rows of the table with these columns, without its headings. */
    static Stream<String> rows() throws IOException {
        return Files.readAllLines(Path.of("docs", "files.md")).stream()
                .dropWhile(line -> !line.endsWith("| Python to Java | Java to Python |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"));
    }

    @Test
    void tableIsThere() throws IOException {
        assertThat(rows()).hasSizeGreaterThan(30);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void everyCellIsFilledAndEveryTestIsThere(String row) {
        List<String> cells = List.of(row.substring(2, row.length() - 2).split(" \\| "));
        assertThat(cells).hasSize(COLUMNS).noneMatch(String::isBlank);
        // What is not done has no test; all that is done or refused has one.
        assertThat(cells.subList(COLUMNS - 2, COLUMNS))
                .allMatch(cell -> cell.equals("no")
                        || cell.equals("as files")
                        || TEST.matcher(cell).find());
        List<MatchResult> tests = TEST.matcher(row).results().toList();
        assertThat(tests).isNotEmpty().allSatisfy(test -> assertIsThere(test.group(1), test.group(2)));
    }

    private static void assertIsThere(String type, String method) {
        Class<?> found = PACKAGES.stream()
                .flatMap(name -> find(name + "." + type))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no test " + type));
        assertThat(methods(found).filter(FilesPageTest::isTest))
                .as("tests of " + type)
                .anyMatch(each -> method == null || each.getName().equals(method));
    }

    /** Those that it inherits too. */
    private static Stream<Method> methods(Class<?> type) {
        return Stream.<Class<?>>iterate(type, Objects::nonNull, Class::getSuperclass)
                .flatMap(each -> Arrays.stream(each.getDeclaredMethods()));
    }

    private static boolean isTest(Method method) {
        return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class);
    }

    private static Stream<Class<?>> find(String name) {
        try {
            return Stream.of(Class.forName(name));
        } catch (ClassNotFoundException e) {
            return Stream.empty();
        }
    }
}
