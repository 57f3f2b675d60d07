package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Scalar;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.io.NamedTuple;
import org.torchbridge.io.PythonTuple;
import org.torchbridge.nn.Linear;

/** The table of values in {@link ScriptModule}. */
class ScriptValuesTest {
    private static final ScriptModule VALUES = Programs.load("values.pt");

    /** As the program has it: the name alone matters. */
    private enum Size {
        SMALL
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                Arguments.of("integer", 3, 4L),
                Arguments.of("integer", (byte) 3, 4L),
                Arguments.of("integer", Long.MIN_VALUE, Long.MIN_VALUE + 1),
                Arguments.of("integer", BigInteger.TEN, 11L),
                Arguments.of("integer", Scalar.of(7), 8L),
                Arguments.of("integer", DType.FLOAT64, 8L),
                Arguments.of("fraction", 3.0, 1.5),
                Arguments.of("fraction", 3f, 1.5),
                Arguments.of("fraction", 3, 1.5),
                Arguments.of("truth", true, false),
                Arguments.of("complexNumber", Scalar.complex(1, -2), Scalar.complex(2, -4)),
                Arguments.of("complexNumber", 1.5, Scalar.complex(3, 0)),
                Arguments.of("text", "Grüße \0☃ 𝄞", "Grüße \0☃ 𝄞!"),
                Arguments.of("text", "", "!"),
                Arguments.of("same", "", ""),
                Arguments.of("text", new StringBuilder("b"), "b!"),
                Arguments.of("optional", null, 1L),
                Arguments.of("optional", 1, null),
                Arguments.of("integers", List.of(4, 5L), List.of(4L, 5L, 2L)),
                Arguments.of("integers", new long[] {4}, List.of(4L, 1L)),
                Arguments.of("integers", new int[] {}, List.of(0L)),
                Arguments.of("integers", Set.of(9), List.of(9L, 1L)),
                Arguments.of("fractions", new double[] {0.5, 2}, List.of(0.5, 2.0)),
                Arguments.of("fractions", List.of(1, 2.5f), List.of(1.0, 2.5)),
                Arguments.of("truths", new boolean[] {true, false}, List.of(true, false)),
                Arguments.of("nested", List.of(List.of("a"), List.of()), List.of(List.of("a"), List.of())),
                Arguments.of("nested", new String[][] {{"a", "b"}}, List.of(List.of("a", "b"))),
                Arguments.of("maybeTensors", Arrays.asList(Torch.ones(1), null), 1L),
                Arguments.of("pair", List.of(1, "one"), PythonTuple.of("one", 1L)),
                Arguments.of("pair", new Object[] {1, "one"}, PythonTuple.of("one", 1L)),
                Arguments.of("counts", Map.of(3, List.of(0.5)), Map.of(3L, List.of(0.5))),
                Arguments.of("counts", Map.of(), Map.of()),
                Arguments.of("device", Device.CPU, Device.CPU),
                Arguments.of("device", "cuda:1", Device.of("cuda:1")),
                Arguments.of("either", 1, 1L),
                Arguments.of("either", "a", "a"),
                Arguments.of("anything", null, null),
                Arguments.of("anything", 1, 1L),
                Arguments.of("anything", 1.5, 1.5),
                Arguments.of("anything", true, true),
                Arguments.of("anything", "a", "a"),
                Arguments.of("anything", Device.CPU, Device.CPU),
                Arguments.of("anything", Scalar.complex(1, 2), Scalar.complex(1, 2)),
                Arguments.of("anything", List.of("a", "b"), List.of("a", "b")),
                Arguments.of("anything", new int[] {1}, List.of(1L)),
                Arguments.of("anything", Map.of("a", List.of(1.0)), Map.of("a", List.of(1.0))));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void goThereAndBack(String method, Object given, Object expected) {
        assertThat(VALUES.run(method, new Object[] {given})).isEqualTo(expected);
    }

    @Test
    void tensors() {
        assertThat(((Tensor) VALUES.run("tensor", Torch.ones(2))).toFloatArray())
                .containsExactly(2, 2);
        assertThat(((Tensor) VALUES.run("tensors", List.of(Torch.ones(2), Torch.ones(2)))).toFloatArray())
                .containsExactly(2, 2);
        assertThat(((Tensor) VALUES.run("zeros", 2, DType.INT32)).dtype()).isEqualTo(DType.INT32);
        assertThat(((Tensor) VALUES.run("future", Torch.ones(1).neg())).toFloat())
                .isZero();
    }

    @Test
    void namedTuplesHaveTheNamesOfTheirFields() {
        NamedTuple point = (NamedTuple) VALUES.run("point", List.of(Torch.ones(1), "p"));
        assertThat(point.names()).containsExactly("x", "name");
        assertThat(point.get("name")).isEqualTo("p'");
        assertThat(((Tensor) point.get("x")).toFloat()).isEqualTo(2);
        assertThat(VALUES.run("point", point)).isInstanceOf(NamedTuple.class);
        assertThatThrownBy(() -> point.get("y"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no field 'y' in a named tuple of [x, name]");
        List<?> points = (List<?>) VALUES.run("points", List.of(point));
        assertThat(((NamedTuple) points.get(0)).get("name")).isEqualTo("p'");
    }

    @Test
    void dictionariesKeepTheirOrder() {
        Map<?, ?> sums = (Map<?, ?>) VALUES.run("dictionary", Map.of("a", Torch.ones(1)));
        assertThat(sums.keySet().stream().map(Object::toString)).containsExactly("a", "sum");
        assertThat(((Tensor) sums.get("sum")).toFloat()).isEqualTo(1);
    }

    @Test
    void membersOfEnumsAreGivenByTheirNames() {
        ScriptEnum large = (ScriptEnum) VALUES.run("size", "SMALL");
        assertThat(large.name()).isEqualTo("LARGE");
        assertThat(large.value()).isEqualTo(2L);
        assertThat(large.type()).endsWith("Size");
        assertThat(VALUES.run("size", large)).hasFieldOrPropertyWithValue("name", "SMALL");
        assertThat(VALUES.run("size", Size.SMALL)).isEqualTo(large);
        assertThatThrownBy(() -> VALUES.run("size", "MEDIUM"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is the text \"MEDIUM\"; one of [SMALL, LARGE] of ");
    }

    @Test
    void objectsOfAProgramsClassesKeepTheirState() {
        ScriptInstance counter = (ScriptInstance) VALUES.run("counter", 5);
        assertThat(VALUES.run("count", counter)).isEqualTo(15L);
        assertThat(counter.run("add", 1)).isEqualTo(16L);
        assertThat(counter.attribute("count")).isEqualTo(16L);
        counter.attribute("count", 0);
        assertThat(counter.run("add", 1)).isEqualTo(1L);
        assertThat(counter.toString()).matches("<__torch__.*Counter object>");
        assertThatThrownBy(() -> VALUES.run("count", VALUES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is a ScriptModule; __torch__");
    }

    @Test
    void defaultsAreLeftOutAndOthersNamed() {
        assertThat(VALUES.run("defaults", 1)).isEqualTo("1 3 None 0.5");
        assertThat(VALUES.run("defaults", 1, 2, "z")).isEqualTo("1 2 z 0.5");
        assertThat(VALUES.run("defaults", List.of(1), Map.of("w", 2.5, "z", "z")))
                .isEqualTo("1 3 z 2.5");
        assertThat(VALUES.run("defaults", List.of(), Map.of("x", 9))).isEqualTo("9 3 None 0.5");
        assertThat(VALUES.methods().get("defaults"))
                .isEqualTo("defaults(int x, int y=3, Optional[str] z=None, float w=0.5) -> str");
        assertThat(VALUES.run("nothing")).isNull();
    }

    @Test
    void wrongArgumentsAreNamed() {
        String signature = "defaults(int x, int y=3, Optional[str] z=None, float w=0.5) -> str";
        assertRefused("the method 'defaults' of Values was not given its argument 'x'; it is " + signature, "defaults");
        assertRefused(
                "the method 'defaults' of Values was given 5 arguments; " + signature + " is expected",
                "defaults",
                1,
                2,
                "3",
                4,
                5);
        assertRefused(
                "the argument 'x' of the method 'defaults' of Values is the Double 1.5; int is expected. It is "
                        + signature,
                "defaults",
                1.5);
        assertRefused(
                "the argument 'y' of the method 'defaults' of Values is null; int is expected. It is " + signature,
                "defaults",
                1,
                null);
        assertRefused(
                "the argument 'x' of the method 'nested' of Values has [1], which has [0], which is the Integer 2;"
                        + " str is expected. It is nested(List[List[str]] x) -> List[List[str]]",
                "nested",
                List.of(List.of(), List.of(2)));
        assertRefused(
                "the argument 'x' of the method 'pair' of Values has 1 elements; Tuple[int, str] is expected, with 2."
                        + " It is pair(Tuple[int, str] x) -> Tuple[str, int]",
                "pair",
                List.of(1));
        assertRefused(
                "the argument 'x' of the method 'counts' of Values has [a], which is the text \"a\"; int is expected."
                        + " It is counts(Dict[int, List[float]] x) -> Dict[int, List[float]]",
                "counts",
                Map.of("a", List.of()));
        assertRefused(
                "the argument 'x' of the method 'anything' of Values is a Linear, which TorchScript has no type for. It"
                        + " is anything(Any x) -> Any",
                "anything",
                new Linear(1, 1));
        assertThatThrownBy(() -> VALUES.run("defaults", List.of(1), Map.of("x", 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the method 'defaults' of Values was given its argument 'x' twice");
        assertThatThrownBy(() -> VALUES.run("defaults", List.of(1), Map.of("q", 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the method 'defaults' of Values has no argument 'q'; it is " + signature);
    }

    @Test
    void aMissingMethodListsTheOthers() {
        assertThatThrownBy(() -> VALUES.run("none"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Values has no method 'none'; it has [")
                .hasMessageContaining("integer(int x) -> int");
    }

    private static void assertRefused(String message, String method, Object... arguments) {
        assertThatThrownBy(() -> VALUES.run(method, arguments))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
