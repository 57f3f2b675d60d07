package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

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
import org.torchbridge.graph.Interpreter;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/** Packed layers in bfloat16 make what they make in float32, to some hundredths. */
class Bfloat16Test {
    private static final String CAST = "aten::to";
    private static final String CONVOLUTION = "mkldnn::_convolution_pointwise";
    private static final String LINEAR = "mkldnn::_linear_pointwise";

    private final Graph graph = new Graph();
    private final Value x = graph.addInput("x", Type.TENSOR);
    private final GraphBuilder g = GraphBuilder.at(graph.body());

    @BeforeEach
    void sameNumbers() {
        assumeThat(Bfloat16.isSupported()).as("oneDNN computes in bfloat16").isTrue();
        Torch.manualSeed(1);
    }

    private Value weight(String name, long... shape) {
        long reads = Torch.ones(shape).numel() / shape[0];
        graph.slots().put(name, Slot.buffer(Torch.randn(shape).div(Math.sqrt(reads))));
        return g.get(name);
    }

    private Value convolution(Value of, String name, long outputs, long inputs) {
        Value w = weight("w" + name, outputs, inputs, 3, 3);
        return g.op("aten::conv2d", of, w, weight("b" + name, outputs), List.of(1L, 1L), List.of(1L, 1L));
    }

    private Value linear(Value of, String name, long outputs, long inputs) {
        return g.op("aten::linear", of, weight("w" + name, outputs, inputs), weight("b" + name, outputs));
    }

    private void staysClose(long... shape) {
        Tensor input = Torch.randn(shape);
        Tensor expected = (Tensor) new Interpreter(graph).run(input).get(0);

        assertThat(Packing.run(graph, true)).isTrue();

        Tensor actual = (Tensor) new Interpreter(graph).run(input).get(0);
        Tensor difference = actual.sub(expected).abs().max();
        assertThat(actual.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(difference.toDouble())
                .as("not the same numbers, but close")
                .isPositive()
                .isLessThan(0.02 * expected.abs().max().toDouble());
    }

    private void packedWeightsAreBfloat16() {
        assertThat((List<?>) graph.slots().get("packed_weights").value())
                .allSatisfy(weight -> assertThat(((Tensor) weight).dtype()).isEqualTo(DType.BFLOAT16));
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 8", "3, 9, 14", "2, 32, 5"})
    void aChainOfConvolutionsIsCastAtItsEndsAlone(long batch, long height, long width) {
        Value first = g.op("aten::relu", convolution(x, "1", 16, 4));
        Value pooled = g.op("aten::max_pool2d", first, List.of(2L, 2L));
        Value second = convolution(pooled, "2", 16, 16);
        graph.addOutput(g.op("aten::relu", g.op("aten::add", second, pooled)));

        staysClose(batch, 4, height, width);

        assertThat(graph.kinds()).containsEntry(CAST, 2).containsEntry(CONVOLUTION, 2);
        packedWeightsAreBfloat16();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 128})
    void linearLayersDoTheActivationBetweenThem(long rows) {
        graph.addOutput(linear(g.op("aten::gelu", linear(x, "1", 32, 16)), "2", 8, 32));

        staysClose(rows, 16);

        assertThat(graph.kinds())
                .containsEntry(CAST, 2)
                .containsEntry(LINEAR, 2)
                .doesNotContainKey("aten::gelu");
        packedWeightsAreBfloat16();
    }

    @ParameterizedTest
    @ValueSource(strings = {"aten::softmax", "aten::exp"})
    void whatNeedsMorePlacesIsFloat32(String kind) {
        Value made = linear(x, "1", 16, 16);
        Value between = kind.equals("aten::softmax") ? g.op(kind, made, -1L) : g.op(kind, made);
        graph.addOutput(linear(between, "2", 8, 16));

        staysClose(5, 16);

        assertThat(graph.kinds()).containsEntry(CAST, 4).containsKey(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max_pool2d", "avg_pool2d", "adaptive_avg_pool2d"})
    void poolsBetweenConvolutionsStayInBfloat16(String pool) {
        Value pooled = g.op("aten::" + pool, convolution(x, "1", 8, 4), List.of(2L, 2L));
        graph.addOutput(convolution(pooled, "2", 8, 8));

        staysClose(2, 4, 9, 10);

        assertThat(graph.kinds()).containsEntry(CAST, 2).containsEntry("aten::" + pool, 1);
    }

    @Test
    void poolsInThreeDimensionsAreFloat32() {
        Value w = weight("w", 8, 4, 3, 3, 3);
        graph.addOutput(g.op("aten::avg_pool3d", g.op("aten::conv3d", x, w), List.of(2L, 2L, 2L)));

        staysClose(2, 4, 6, 7, 8);

        assertThat(graph.kinds()).containsEntry(CONVOLUTION, 1).containsEntry("aten::avg_pool3d", 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"relu", "sigmoid", "tanh", "silu", "gelu", "hardswish", "hardsigmoid", "leaky_relu", "relu6"})
    void activationsThatAreNotAloneStayInBfloat16(String activation) {
        Value made = convolution(x, "1", 8, 4);
        Value product = g.op("aten::mul", made, g.op("aten::" + activation, made));
        graph.addOutput(convolution(product, "2", 8, 8));

        staysClose(2, 4, 9, 10);

        assertThat(graph.kinds()).containsEntry(CAST, 2);
    }

    @Test
    void aSumWithWhatIsFloat32IsFloat32() {
        graph.addOutput(g.op("aten::add", linear(x, "1", 16, 16), x));

        staysClose(5, 16);

        assertThat(graph.kinds()).containsEntry(CAST, 2).containsEntry("aten::add", 1);
    }

    @Test
    void aMeanInAnotherTypeStays() {
        Value made = linear(x, "1", 16, 16);
        graph.addOutput(g.op("aten::mean", made, List.of(-1L), true, DType.FLOAT32));

        staysClose(5, 16);

        assertThat(graph.kinds()).containsEntry(CAST, 2).containsEntry("aten::mean", 1);
    }

    @Test
    void aWeightThatTwoShareIsPackedOnce() {
        Value w = weight("w", 16, 16);
        graph.addOutput(g.op("aten::linear", g.op("aten::linear", x, w), w));

        staysClose(5, 16);

        assertThat((List<?>) graph.slots().get("packed_weights").value()).hasSize(1);
    }

    @Test
    void isNotUsedUnlessAskedFor() {
        graph.addOutput(linear(convolution(x, "1", 8, 4), "2", 4, 8));

        Packing.run(graph);

        assertThat(graph.kinds()).doesNotContainKey(CAST);
        assertThat((List<?>) graph.slots().get("packed_weights").value())
                .allSatisfy(weight -> assertThat(((Tensor) weight).dtype()).isEqualTo(DType.FLOAT32));
    }
}
