package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/** Layers with packed weights make what the layers made. */
class PackingTest {
    private static final String CONVOLUTION = "mkldnn::_convolution_pointwise";
    private static final String LINEAR = "mkldnn::_linear_pointwise";

    private final Graph graph = new Graph();
    private final Value x = graph.addInput("x", Type.TENSOR);
    private final GraphBuilder g = GraphBuilder.at(graph.body());

    @BeforeEach
    void sameNumbers() {
        Torch.manualSeed(1);
    }

    private Value weight(String name, long... shape) {
        graph.slots().put(name, Slot.buffer(Torch.randn(shape)));
        return g.get(name);
    }

    private Value convolution(Value of, long outputs, long inputs) {
        return g.op("aten::conv2d", of, weight("w" + outputs, outputs, inputs, 3, 3), weight("b" + outputs, outputs));
    }

    // ---- convolutions

    @ParameterizedTest
    @CsvSource({"1, 0, 1, 1", "2, 1, 1, 1", "1, 2, 2, 1", "1, 1, 1, 2", "2, 1, 1, 4"})
    void convolutionsArePacked(long stride, long padding, long dilation, long groups) {
        Value w = weight("w", 8, 4 / groups, 3, 3);
        graph.addOutput(g.op(
                "aten::conv2d",
                x,
                w,
                weight("b", 8),
                List.of(stride, stride),
                List.of(padding, padding),
                List.of(dilation, dilation),
                groups));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat(graph.kinds()).containsKey(CONVOLUTION).doesNotContainKey("aten::conv2d");
        assertThat(graph.slots()).containsOnlyKeys("b", "packed_weights");
    }

    @ParameterizedTest
    @ValueSource(strings = {"same", "valid"})
    void theirPaddingMayBeAWord(String padding) {
        graph.addOutput(g.op("aten::conv2d", x, weight("w", 8, 4, 5, 3), null, List.of(1L, 1L), padding));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat(graph.kinds()).containsKey(CONVOLUTION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"relu", "sigmoid", "tanh", "silu", "hardswish", "hardsigmoid", "gelu", "leaky_relu", "relu6"})
    void theyDoTheActivationBehindThem(String activation) {
        graph.addOutput(g.op("aten::" + activation, convolution(x, 8, 4)));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat(graph.kinds()).containsKey(CONVOLUTION).doesNotContainKey("aten::" + activation);
    }

    @Test
    void anActivationThatIsNotAloneStays() {
        Value made = convolution(x, 8, 4);
        graph.addOutput(g.op("aten::mul", made, g.op("aten::relu", made)));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat(graph.kinds()).containsKeys(CONVOLUTION, "aten::relu");
    }

    @Test
    void viewsOfWhatTheyMakeStillWork() {
        Value made = convolution(x, 8, 4);
        graph.addOutput(g.op("aten::view", made, List.of(g.op("aten::size", made, 0L), -1L)));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat(graph.kinds()).containsKeys(CONVOLUTION, "aten::reshape");
    }

    @Test
    void wherePlacesInMemoryAreAskedForTheOrderStays() {
        graph.addOutput(g.op("aten::stride", convolution(x, 8, 4)));

        assertThat(Packing.run(graph)).isFalse();
    }

    @Test
    void aWeightThatTwoShareIsPackedOnce() {
        Value w = weight("w", 4, 4, 3, 3);
        Value once = g.op("aten::conv2d", x, w, null, List.of(1L, 1L), List.of(1L, 1L));
        graph.addOutput(g.op("aten::conv2d", once, w, null, List.of(1L, 1L), List.of(1L, 1L)));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat((List<?>) graph.slots().get("packed_weights").value()).hasSize(1);
    }

    @Test
    void checksOfTheNumberOfDimensionsAreGone() {
        Value made = convolution(x, 8, 4);
        Value four = g.op("aten::eq", g.op("aten::dim", made), 4L);
        graph.addOutput(g.branch(four, then -> List.of(then.op("aten::relu", made)), other -> List.of(made))
                .get(0));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat(graph.kinds()).containsKey(CONVOLUTION).doesNotContainKeys("prim::If", "aten::dim", "aten::relu");
    }

    @Test
    void whatIsNoWeightIsNotPacked() {
        Value filter = graph.addInput("filter", Type.TENSOR);
        graph.addOutput(g.op("aten::conv2d", x, filter));

        assertThat(Packing.run(graph)).isFalse();
    }

    @Test
    void otherTypesThanFloatStayAsTheyAre() {
        graph.slots().put("w", Slot.buffer(Torch.randn(8, 4, 3, 3).to(DType.FLOAT64)));
        graph.slots().put("v", Slot.buffer(Torch.randn(3, 8).to(DType.FLOAT64)));
        graph.addOutput(g.op("aten::linear", g.op("aten::conv2d", x, g.get("w")), g.get("v")));

        assertThat(Packing.run(graph)).isFalse();
    }

    // ---- linear layers

    @Test
    void linearLayersArePackedForAnyNumberOfRows() {
        graph.addOutput(g.op("aten::linear", x, weight("w", 5, 7), weight("b", 5)));
        Graph other = graph.copy();

        Results.stay(graph, Packing::run, Torch.randn(2, 3, 7));
        Results.stay(other, Packing::run, Torch.randn(7));

        assertThat(graph.kinds()).containsKey(LINEAR).doesNotContainKey("aten::linear");
        assertThat(graph.slots()).containsOnlyKeys("b", "packed_weights");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "tanh"})
    void linearLayersDoTheActivationBehindThem(String formula) {
        graph.addOutput(g.op("aten::gelu", g.op("aten::linear", x, weight("w", 5, 7)), formula));

        Results.stay(graph, Packing::run, Torch.randn(4, 7));

        assertThat(graph.kinds()).containsKey(LINEAR).doesNotContainKey("aten::gelu");
    }

    // ---- formulas

    @ParameterizedTest
    @CsvSource({
        "silu, aten::mul(%x %s)",
        "hardsigmoid, aten::div(%c %six)",
        "hardsigmoid, aten::mul(%c %sixth)",
        "hardsigmoid, aten::clamp(%d %zero %one)",
        "hardswish, aten::mul(%e %sixth)",
        "hardswish, aten::mul(%f %c)",
        "hardswish, aten::mul(%h %x)"
    })
    void formulasOfActivationsBecomeOperators(String name, String formula) {
        Graph formulas = GraphText.parse(
                """
                graph(%x : Tensor):
                  %zero : int = prim::Constant[value=0]()
                  %one : int = prim::Constant[value=1]()
                  %three : int = prim::Constant[value=3]()
                  %six : int = prim::Constant[value=6]()
                  %half : float = prim::Constant[value=0.5]()
                  %sixth : float = prim::Constant[value=0.16666667]()
                  %s : Tensor = aten::sigmoid(%x)
                  %a : Tensor = aten::add(%x, %three, %one)
                  %c : Tensor = aten::hardtanh(%a, %zero, %six)
                  %b : Tensor = aten::mul(%x, %sixth)
                  %d : Tensor = aten::add(%b, %half, %one)
                  %e : Tensor = aten::mul(%x, %c)
                  %f : Tensor = aten::div(%x, %six)
                  %h : Tensor = aten::div(%c, %six)
                """
                        + "  %y : Tensor = " + formula.replace(" ", ", ") + "\n  return (%y)\n");
        Tensor everywhere = Torch.linspace(-5, 5, 21);

        Results.stay(formulas, ActivationFusion::run, everywhere);

        assertThat(formulas.kinds()).containsOnlyKeys("aten::" + name);
    }
}
