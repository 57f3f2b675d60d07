package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.torchbridge.DType;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

class DynamicSizesTest {
    /** A program over x with some sizes. */
    private static Graph graph(long[] shape, Program program) {
        Graph graph = new Graph();
        Value x = graph.addInput("x", tensor(shape));
        GraphBuilder g = GraphBuilder.at(graph.body());
        g.from("", "Net.java:7");
        graph.addOutput(program.write(g, x));
        return graph;
    }

    private interface Program {
        Value write(GraphBuilder g, Value x);
    }

    private static Type tensor(long... shape) {
        return new Type.OfTensor(DType.FLOAT32, Arrays.stream(shape).boxed().toList());
    }

    /** {@code x.view(size, -1)} */
    private static Graph view(long[] shape, Object size) {
        return graph(shape, (g, x) -> g.op("aten::view", x, List.of(size, -1L)));
    }

    private static Node first(Graph graph, String kind) {
        return graph.body().nodes().stream()
                .filter(node -> node.is(kind))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aConstantThatIsASizeOfAnInputIsReadFromIt() {
        Graph graph = view(new long[] {2, 8}, 2L);

        assertThat(DynamicSizes.restore(graph, view(new long[] {4, 8}, 4L))).isEmpty();

        Value size = first(graph, "prim::ListConstruct").input(0);
        assertThat(size.producer().kind()).isEqualTo("aten::size");
        assertThat(size.producer().input(0)).isSameAs(graph.inputs().get(0));
        assertThat(size.producer().input(1).producer().attribute("value")).isEqualTo(0L);
        assertThat(size.producer().source()).isEqualTo("Net.java:7");
    }

    @Test
    void whatIsEqualInBothStays() {
        Graph graph = view(new long[] {2, 8}, 2L);
        String before = graph.toString();

        assertThat(DynamicSizes.restore(graph, view(new long[] {4, 8}, 2L))).isEmpty();

        assertThat(graph).hasToString(before);
    }

    @ParameterizedTest
    @CsvSource({
        "12, 24, aten::mul, 6",
        "1, 2, aten::floordiv, 2",
        "5, 7, aten::add, 3",
        "8, 6, aten::sub, 10",
    })
    void arithmeticWithASizeIsFound(long first, long second, String kind, long operand) {
        Graph graph = view(new long[] {2, 8}, first);

        assertThat(DynamicSizes.restore(graph, view(new long[] {4, 8}, second))).isEmpty();

        Node formula = first(graph, "prim::ListConstruct").input(0).producer();
        assertThat(formula.kind()).isEqualTo(kind);
        assertThat(formula.inputs().stream().map(input -> input.producer().attribute("value")))
                .contains(operand);
    }

    @Test
    void theProductOfTwoSizesIsFound() {
        Graph graph = view(new long[] {2, 9}, 18L);

        assertThat(DynamicSizes.restore(graph, view(new long[] {4, 7}, 28L))).isEmpty();

        assertThat(first(graph, "aten::mul").inputs())
                .allMatch(input -> input.producer().is("aten::size"));
    }

    @Test
    void aProductIsMoreLikelyThanASum() {
        Graph graph = view(new long[] {3, 8, 8}, 64L);

        assertThat(DynamicSizes.restore(graph, view(new long[] {4, 9, 7}, 63L))).isEmpty();

        assertThat(graph.kinds()).containsKey("aten::mul").doesNotContainKeys("aten::add", "aten::sub");
    }

    @Test
    void halvesAreRoundedDown() {
        Graph graph = view(new long[] {5, 8}, 2L);

        assertThat(DynamicSizes.restore(graph, view(new long[] {8, 8}, 4L))).isEmpty();

        assertThat(first(graph, "prim::ListConstruct").input(0).producer().kind())
                .isEqualTo("aten::floordiv");
    }

    @Test
    void aSizeOfAnEarlierValueIsReadWhereNoInputHasIt() {
        Function<Long, Program> program = rows -> (g, x) -> {
            Value y = g.op("aten::nonzero", x);
            y.setType(tensor(rows, 1));
            return g.op("aten::reshape", y, List.of(rows));
        };
        Graph graph = graph(new long[] {2, 8}, program.apply(7L));

        assertThat(DynamicSizes.restore(graph, graph(new long[] {4, 8}, program.apply(11L))))
                .isEmpty();

        assertThat(first(graph, "aten::size").input(0).producer().kind()).isEqualTo("aten::nonzero");
    }

    @Test
    void whatFollowsFromNoSizeIsReported() {
        Graph graph = view(new long[] {2, 8}, 1000L);

        List<String> frozen = DynamicSizes.restore(graph, view(new long[] {4, 8}, 3L));

        assertThat(frozen)
                .singleElement()
                .asString()
                .contains("1000 is 3 for the second example", "aten::view (Net.java:7)");
        assertThat(first(graph, "prim::Constant").attribute("value")).isEqualTo(1000L);
    }

    @Test
    void anotherNumberOfAnotherKindIsReported() {
        Graph graph = graph(new long[] {2, 8}, (g, x) -> g.op("aten::mul", x, 0.5));

        assertThat(DynamicSizes.restore(graph, graph(new long[] {4, 8}, (g, x) -> g.op("aten::mul", x, 0.25))))
                .singleElement()
                .asString()
                .contains("0.5 is 0.25", "aten::mul");
    }

    @Test
    void tensorsMadeByJavaAreComparedByValue() {
        Graph graph = graph(new long[] {2, 8}, (g, x) -> g.op("aten::mul", x, Torch.tensor(new float[] {1, 2})));

        assertThat(DynamicSizes.restore(
                        graph,
                        graph(new long[] {4, 8}, (g, x) -> g.op("aten::mul", x, Torch.tensor(new float[] {1, 2})))))
                .isEmpty();
        assertThat(DynamicSizes.restore(
                        graph,
                        graph(new long[] {4, 8}, (g, x) -> g.op("aten::mul", x, Torch.tensor(new float[] {1, 3})))))
                .singleElement()
                .asString()
                .contains("a tensor made in Java, torch.float32[2]");
    }

    @Test
    void anotherWayIsReportedOnceWithTheFirstOperationOfIt() {
        Graph graph = graph(new long[] {2, 8}, (g, x) -> g.op("aten::relu", g.op("aten::tanh", x)));

        assertThat(DynamicSizes.restore(
                        graph, graph(new long[] {4, 8}, (g, x) -> g.op("aten::relu", g.op("aten::sin", x)))))
                .singleElement()
                .asString()
                .contains("to aten::sin (Net.java:7) where the first comes to aten::tanh (Net.java:7)");
    }

    @Test
    void aLongerWayIsReported() {
        Graph graph = graph(new long[] {2, 8}, (g, x) -> g.op("aten::relu", x));

        assertThat(DynamicSizes.restore(
                        graph, graph(new long[] {4, 8}, (g, x) -> g.op("aten::relu", g.op("aten::relu", x)))))
                .singleElement()
                .asString()
                .contains("to aten::relu (Net.java:7) where the first comes to the end");
    }
}
