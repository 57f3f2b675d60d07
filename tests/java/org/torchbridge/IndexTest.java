package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Index expressions; the fixtures come from {@code tests/python/make_indexing.py}. */
class IndexTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    static Stream<List<String>> views() {
        return Lines.of("/indexing/views.tsv").stream();
    }

    static Stream<List<String>> gathers() {
        return Lines.of("/indexing/gathers.tsv").stream();
    }

    static Stream<List<String>> assignments() {
        return Lines.of("/indexing/assignments.tsv").stream();
    }

    private static Tensor counting(long... shape) {
        long numel = LongStream.of(shape).reduce(1, (a, b) -> a * b);
        return Torch.arange(numel).reshape(shape);
    }

    /** The parts of an index as the fixtures write them. */
    private static Index[] parsed(String text) {
        return Arrays.stream(text.split(" ; ")).map(IndexTest::parsedPart).toArray(Index[]::new);
    }

    private static Index parsedPart(String part) {
        if (!part.startsWith("ints") && !part.startsWith("mask")) {
            return Index.parse(part)[0];
        }
        String[] halves = part.substring(4).split(":");
        Tensor tensor = Torch.tensor(Lines.longs(halves[1])).reshape(Lines.longs(halves[0]));
        return Index.of(part.startsWith("mask") ? tensor.to(DType.BOOL) : tensor);
    }

    @ParameterizedTest
    @MethodSource({"views", "gathers"})
    void getsWhatPythonGets(List<String> line) {
        Tensor result = counting(Lines.longs(line.get(0))).get(parsed(line.get(1)));

        assertThat(result.shape()).as(line.get(1)).isEqualTo(Lines.longs(line.get(2)));
        assertThat(result.toLongArray()).as(line.get(1)).isEqualTo(Lines.longs(line.get(3)));
    }

    @ParameterizedTest
    @MethodSource("views")
    void textIsTheSameIndex(List<String> line) {
        Tensor result = counting(Lines.longs(line.get(0))).get(line.get(1).replace(" ;", ","));

        assertThat(result.shape()).isEqualTo(Lines.longs(line.get(2)));
        assertThat(result.toLongArray()).isEqualTo(Lines.longs(line.get(3)));
    }

    @ParameterizedTest
    @MethodSource("assignments")
    void setsWhatPythonSets(List<String> line) {
        Tensor tensor = counting(Lines.longs(line.get(0)));
        Tensor value = counting(Lines.longs(line.get(2))).neg().sub(1);

        Tensor result = tensor.set(parsed(line.get(1)), value);

        assertThat(result).isSameAs(tensor);
        assertThat(tensor.toLongArray()).as(line.get(1)).isEqualTo(Lines.longs(line.get(3)));
    }

    @Test
    void integersSlicesAndAxesGiveViews() {
        Tensor tensor = counting(3, 4);

        tensor.get(Index.at(-1), Index.slice(1, 3)).fill_(0);
        tensor.get("0, None").add_(100);

        assertThat(tensor.toLongArray()).containsExactly(100, 101, 102, 103, 4, 5, 6, 7, 8, 0, 0, 11);
    }

    @Test
    void aPositionWithoutDimensionsGivesAView() {
        Tensor tensor = counting(3, 2);

        tensor.get(Index.of(Torch.tensor((Object) 1))).fill_(9);

        assertThat(tensor.toLongArray()).containsExactly(0, 1, 9, 9, 4, 5);
    }

    @Test
    void masksAndPositionsGiveCopies() {
        Tensor tensor = counting(2, 2);

        tensor.get(Index.of(tensor.gt(0))).fill_(9);
        tensor.get(Index.of(Torch.tensor(0L, 1L))).fill_(9);

        assertThat(tensor.toLongArray()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void typedFormsSayTheSame() {
        Tensor tensor = counting(4, 5, 6);

        assertSame(tensor.get(Index.ALL, Index.from(2), Index.to(-1)), tensor.get(":, 2:, :-1"));
        assertSame(tensor.get(Index.ELLIPSIS, Index.slice(null, 5L, 2)), tensor.get("..., :5:2"));
        assertSame(tensor.get(Index.NEW_AXIS, Index.at(0)), tensor.get("None,0"));
        assertSame(tensor.get(1, -2), tensor.get("1,-2"));
    }

    private static void assertSame(Tensor one, Tensor other) {
        assertThat(one.shape()).isEqualTo(other.shape());
        assertThat(one.toLongArray()).isEqualTo(other.toLongArray());
    }

    @Test
    void maskWithoutDimensionsKeepsAllOrNothing() {
        Tensor tensor = counting(3);

        assertThat(tensor.get(Index.of(Torch.tensor((Object) true))).shape()).containsExactly(1, 3);
        assertThat(tensor.get(Index.of(Torch.tensor((Object) false))).shape()).containsExactly(0, 3);
    }

    @Test
    void maskOverAllDimensionsWithNumbers() {
        Tensor tensor = Torch.tensor(new float[][] {{-1, 2}, {3, -4}});

        tensor.set(Index.list(Index.of(tensor.lt(0))), 0);

        assertThat(tensor.toFloatArray()).containsExactly(0, 2, 3, 0);
    }

    @Test
    void assignmentConvertsToTheTensorsType() {
        Tensor whole = counting(3);

        whole.set("0", Torch.tensor((Object) 2.9));
        whole.set("1:", 7.9);
        whole.set(Index.list(Index.of(Torch.tensor(2L))), Torch.tensor(5.5f));

        assertThat(whole.toLongArray()).containsExactly(2, 7, 5);
    }

    @Test
    void gradientsGoThroughIndices() {
        Tensor tensor = Torch.zeros(3, 2).requiresGrad_();

        tensor.get(Index.of(Torch.tensor(0L, 0L, 2L)), Index.at(1)).sum().backward();

        assertThat(tensor.grad().toFloatArray()).containsExactly(0, 2, 0, 0, 0, 1);
    }

    @Test
    void errorsSayWhatIsWrong() {
        Tensor tensor = counting(2, 3);

        assertThatThrownBy(() -> tensor.get(0, 0, 0))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("too many indices for tensor of dimension 2");
        assertThatThrownBy(() -> tensor.get(0, 3))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("index 3 is out of bounds for dimension 1 with size 3");
        assertThatThrownBy(() -> tensor.get(-3))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("index -3 is out of bounds for dimension 0 with size 2");
        assertThatThrownBy(() -> tensor.get("..., ..."))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one '...' only");
        assertThatThrownBy(() -> tensor.get("::-1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("step is -1");
        assertThatThrownBy(() -> tensor.get("::0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("step is 0");
        assertThatThrownBy(() -> tensor.get("1, x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'x' in the index \"1, x\"");
        assertThatThrownBy(() -> tensor.get(Index.of(Torch.tensor(0L, 5L))))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("out of bounds");
        assertThatThrownBy(() -> tensor.get(Index.of(Torch.tensor(true, false, true))))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("mask");
        assertThatThrownBy(() -> tensor.get(Index.of(Torch.tensor(0.5f))))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("tensors used as indices must be long");
        assertThatThrownBy(() -> tensor.set(":, 0", Torch.zeros(3)))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("must match");
    }
}
