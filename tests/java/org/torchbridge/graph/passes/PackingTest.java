package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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
import org.torchbridge.graph.Interpreter;
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

    @Test
    void thoseInThreeDimensionsArePackedToo() {
        List<Long> one = List.of(1L, 1L, 1L);
        Value rectified = g.op(
                "aten::relu",
                g.op("aten::conv3d", x, weight("a", 4, 4, 3, 3, 3), weight("bias", 4), List.of(2L, 1L, 1L), one));
        graph.addOutput(g.op("aten::conv3d", rectified, weight("b", 8, 2, 1, 1, 1), null, one, one, one, 2L));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 5, 6, 7));

        assertThat(graph.kinds()).containsEntry(CONVOLUTION, 2).doesNotContainKeys("aten::conv3d", "aten::relu");
    }

    @Test
    void sumsInThreeDimensionsAreDoneToo() {
        Value first = sameVolume(x, "a");
        graph.addOutput(g.op("aten::add", sameVolume(g.op("aten::relu", first), "b"), first));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 5, 6, 7));

        assertThat(graph.kinds()).containsEntry(SUM_IN_PLACE, 1).doesNotContainKey("aten::add");
    }

    private Value sameVolume(Value of, String name) {
        List<Long> one = List.of(1L, 1L, 1L);
        return g.op("aten::conv3d", of, weight(name, 4, 4, 3, 3, 3), null, one, one);
    }

    @Test
    void aMeanOfSomeDimensionsOfThreeIsNoPixel() {
        Value volume = sameVolume(x, "a");
        Value mean = g.op("aten::mean", volume, List.of(2L, 3L), true);
        Value other = g.op("aten::mean", volume, List.of(-2L, -1L), true);
        List<Long> one = List.of(1L, 1L, 1L);
        Value made = g.op("aten::conv3d", mean, weight("b", 4, 4, 1, 1, 1), null, one);
        graph.addOutput(g.op("aten::add", made, other));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 5, 6, 7));

        assertThat(graph.kinds()).containsKey("aten::add");
    }

    // ---- sums

    private static final String SUM_IN_PLACE = "mkldnn::_convolution_pointwise_";

    /** A layer whose images are of the size of {@code of}. */
    private Value sameSize(Value of, String name) {
        return g.op("aten::conv2d", of, weight(name, 4, 4, 3, 3), null, List.of(1L, 1L), List.of(1L, 1L));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSumWithAnImageOfTheSameSizeIsDoneWhereThatIs(boolean rectified) {
        Value block = g.op("aten::relu", sameSize(x, "a"));
        Value made = sameSize(g.op("aten::relu", sameSize(block, "b")), "c");
        Value sum = g.op("aten::add", made, block);
        graph.addOutput(rectified ? g.op("aten::relu", sum) : sum);

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat(graph.kinds())
                .containsEntry(SUM_IN_PLACE, 1)
                .containsEntry(CONVOLUTION, 2)
                .doesNotContainKeys("aten::add", "aten::relu");
    }

    @Test
    void anImageThatIsNeededLaterStaysWhatItIs() {
        Value block = sameSize(x, "a");
        Value sum = g.op("aten::add", block, sameSize(g.op("aten::relu", block), "b"));
        graph.addOutput(g.op("aten::mul", sum, block));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat(graph.kinds()).containsEntry(CONVOLUTION, 2).doesNotContainKeys("aten::add", SUM_IN_PLACE);
    }

    @Test
    void blocksThatFollowEachOtherKeepTheirResults() {
        Value image = sameSize(x, "first");
        for (String name : List.of("a", "b", "c")) {
            Value inner = g.op("aten::relu", sameSize(image, name + 1));
            image = g.op("aten::relu", g.op("aten::add", sameSize(inner, name + 2), image));
        }
        graph.addOutput(image);

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat(graph.kinds()).containsEntry(SUM_IN_PLACE, 3);
    }

    @Test
    void aBlockThatHalvesTheImageOnBothWaysIsASumToo() {
        Value w = weight("down", 4, 4, 1, 1);
        Value narrow = g.op("aten::conv2d", x, w, null, List.of(2L, 2L));
        Value v = weight("way", 4, 4, 3, 3);
        Value way = g.op("aten::relu", g.op("aten::conv2d", x, v, null, List.of(2L, 2L), List.of(1L, 1L)));
        graph.addOutput(g.op("aten::add", sameSize(way, "a"), narrow));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat(graph.kinds()).containsEntry(SUM_IN_PLACE, 1);
    }

    @Test
    void theSumWithAnImageOfAnotherSizeStays() {
        Value image = sameSize(x, "a");
        Value mean = g.op("aten::adaptive_avg_pool2d", image, List.of(1L, 1L));
        graph.addOutput(g.op("aten::add", sameSize(mean, "b"), image));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat(graph.kinds()).containsKey("aten::add_").doesNotContainKey(SUM_IN_PLACE);
    }

    // ---- small convolutions

    private static final String SMALL = "prepacked::conv2d_clamp_run";

    private static void withThreads(int threads, Runnable action) {
        int before = Torch.getNumThreads();
        Torch.setNumThreads(threads);
        try {
            action.run();
        } finally {
            Torch.setNumThreads(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"relu", "relu6", "hardswish"})
    void withOneThreadWindowsOfOnePixelAreXnnpacks(String activation) {
        graph.addOutput(g.op("aten::" + activation, g.op("aten::conv2d", x, weight("w", 8, 4, 1, 1), weight("b", 8))));
        Graph withTwo = graph.copy();

        withThreads(1, () -> Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10)));
        withThreads(2, () -> Results.stay(withTwo, Packing::run, Torch.randn(2, 4, 9, 10)));

        assertThat(graph.kinds()).containsKey(SMALL).doesNotContainKeys("aten::relu", "aten::relu6");
        assertThat(withTwo.kinds()).containsKey(CONVOLUTION).doesNotContainKey(SMALL);
    }

    @Test
    void theConvolutionsOfOnePixelAreXnnpacksAlways() {
        Value mean = g.op("aten::mean", sameSize(x, "a"), List.of(2L, 3L), true);
        Value narrow = g.op("aten::silu", g.op("aten::conv2d", mean, weight("b", 2, 4, 1, 1)));
        graph.addOutput(g.op("aten::sigmoid", g.op("aten::conv2d", narrow, weight("c", 4, 2, 1, 1))));

        withThreads(2, () -> Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10)));

        assertThat(graph.kinds()).containsEntry(SMALL, 2).containsEntry(CONVOLUTION, 1);
    }

    @ParameterizedTest
    @CsvSource({"3, 1, true", "3, 2, true", "5, 2, true", "5, 1, false"})
    void withOneThreadConvolutionsOfSingleChannelsAreXnnpacksIfThatIsQuicker(long window, long stride, boolean small) {
        List<Long> steps = List.of(stride, stride);
        List<Long> padding = List.of(window / 2, window / 2);
        Value w = weight("w", 4, 1, window, window);
        Value made = g.op("aten::conv2d", x, w, weight("b", 4), steps, padding, List.of(1L, 1L), 4L);
        graph.addOutput(g.op("aten::relu", made));

        withThreads(1, () -> Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10)));

        assertThat(graph.kinds()).containsKey(small ? SMALL : CONVOLUTION).doesNotContainKey("aten::relu");
    }

    @Test
    void allSizesStayOpen() {
        Value image = sameSize(x, "a");
        Value channels = g.op(
                "aten::conv2d",
                image,
                weight("d", 4, 1, 3, 3),
                null,
                List.of(1L, 1L),
                List.of(1L, 1L),
                List.of(1L, 1L),
                4L);
        Value small = g.op("aten::conv2d", channels, weight("b", 4, 4, 1, 1));
        graph.addOutput(g.op("aten::add", sameSize(small, "c"), image));
        Graph packed = graph.copy();

        withThreads(1, () -> Packing.run(packed));

        for (long[] shape : new long[][] {{3, 4, 5, 6}, {1, 4, 20, 1}, {0, 4, 5, 5}}) {
            Tensor images = Torch.randn(shape).mul(0.01);
            Tensor expected = (Tensor) new Interpreter(graph).run(images).get(0);
            Tensor actual = (Tensor) new Interpreter(packed).run(images).get(0);
            assertThat(actual.shape()).isEqualTo(expected.shape());
            assertThat(actual.allclose(expected, 1e-5, 1e-5)).isTrue();
        }
    }

    // ---- transposed convolutions

    private static final String TRANSPOSED = "mkldnn::_convolution_transpose_pointwise";

    @ParameterizedTest
    @CsvSource({"1, 0, 0, 1, 1", "2, 1, 1, 1, 1", "2, 0, 0, 1, 2", "3, 1, 2, 2, 1"})
    void transposedConvolutionsArePackedForAllSizes(
            long stride, long padding, long outputPadding, long groups, long dilation) {
        graph.addOutput(g.op(
                "aten::conv_transpose2d",
                x,
                weight("w", 4, 6 / groups, 3, 3),
                weight("b", 6),
                List.of(stride, stride),
                List.of(padding, padding),
                List.of(outputPadding, outputPadding),
                groups,
                List.of(dilation, dilation)));

        for (long[] shape : new long[][] {{2, 4, 9, 10}, {1, 4, 2, 3}, {0, 4, 5, 5}}) {
            Graph copy = graph.copy();
            Results.stay(copy, Packing::run, Torch.randn(shape));
            assertThat(copy.kinds()).containsKey(TRANSPOSED).doesNotContainKey("aten::conv_transpose2d");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"relu", "sigmoid", "tanh"})
    void theyDoTheActivationBehindThemToo(String activation) {
        graph.addOutput(g.op("aten::" + activation, g.op("aten::conv_transpose2d", x, weight("w", 4, 6, 2, 2), null)));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat(graph.kinds()).containsKey(TRANSPOSED).doesNotContainKey("aten::" + activation);
    }

    @Test
    void transposedConvolutionsOfTracesArePackedToo() {
        List<Long> two = List.of(2L, 2L);
        List<Long> one = List.of(1L, 1L);
        List<Long> none = List.of(0L, 0L);
        Value w = weight("w", 4, 6, 2, 2);
        graph.addOutput(
                g.op("aten::_convolution", x, w, null, two, none, one, true, none, 1L, false, false, true, true));

        Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10));

        assertThat(graph.kinds()).containsKey(TRANSPOSED);
    }

    // ---- what is written in place

    /** What XNNPACK makes of an image with one thread, and then cannot do the activation of. */
    private Value pointwise(Value of, String name) {
        return g.op("aten::conv2d", of, weight(name, 4, 4, 1, 1), weight(name + "_bias", 4));
    }

    private void packWithOneThread() {
        withThreads(1, () -> Results.stay(graph, Packing::run, Torch.randn(2, 4, 9, 10)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sigmoid", "tanh", "silu", "hardswish", "hardsigmoid", "gelu", "leaky_relu"})
    void activationsThatXnnpackCannotDoAreDoneWhereItHasWritten(String activation) {
        graph.addOutput(g.op("aten::" + activation, pointwise(x, "a")));

        packWithOneThread();

        assertThat(graph.kinds()).containsKeys(SMALL, "aten::" + activation + "_");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sumsWithAnImageOfTheSameSizeAreDoneWhereItHasWritten(boolean first) {
        Value made = pointwise(x, "a");
        Value other = pointwise(made, "b");
        graph.addOutput(first ? g.op("aten::add", other, made) : g.op("aten::add", made, other));
        graph.addOutput(made);

        packWithOneThread();

        assertThat(graph.kinds()).containsEntry(SMALL, 2).containsKey("aten::add_");
    }

    @Test
    void channelsAreScaledWhereTheyAre() {
        Value image = sameSize(x, "a");
        Value scale = g.op("aten::sigmoid", pointwise(g.op("aten::mean", image, List.of(2L, 3L), true), "b"));
        graph.addOutput(g.op("aten::mul", scale, image));

        packWithOneThread();

        assertThat(graph.kinds()).containsKeys("aten::mul_", "aten::sigmoid_").doesNotContainKey("aten::mul");
    }

    @Test
    void whatIsNeededLaterIsNotWrittenInto() {
        Value made = pointwise(x, "a");
        Value view = g.op("aten::flatten", made, 1L);
        Value active = g.op("aten::silu", made);
        graph.addOutput(g.op("aten::add", g.op("aten::sum", view), active));

        packWithOneThread();

        assertThat(graph.kinds()).containsKey("aten::silu").doesNotContainKey("aten::silu_");
    }

    @Test
    void anImageDoesNotGrowInPlace() {
        Value mean = pointwise(g.op("aten::mean", x, List.of(2L, 3L), true), "a");
        graph.addOutput(g.op("aten::mul", mean, x));

        packWithOneThread();

        assertThat(graph.kinds()).containsKey("aten::mul").doesNotContainKey("aten::mul_");
    }

    @Test
    void theTermWithAFactorKeepsIts() {
        Value made = sameSize(x, "a");
        graph.addOutput(g.op("aten::add", made, sameSize(made, "b"), 2L));
        graph.addOutput(made);

        packWithOneThread();

        assertThat(graph.kinds()).containsKey("aten::add").doesNotContainKey("aten::add_");
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

    // ---- recurrent networks

    private static final String LSTM = "aten::mkldnn_rnn_layer";
    private static final String GRU_STEP = "prepacked::linear_clamp_run";
    private static final long FEATURES = 3;
    private static final long HIDDEN = 5;

    /** A network that gives its output and its states. */
    private void recurrent(String kind, long layers, boolean both, boolean biases, boolean batchFirst) {
        boolean isLstm = kind.equals("aten::lstm");
        long gates = isLstm ? 4 : 3;
        int directions = both ? 2 : 1;
        List<Value> weights = new ArrayList<>();
        for (int i = 0; i < layers * directions; i++) {
            weights.add(weight("ih" + i, gates * HIDDEN, i < directions ? FEATURES : directions * HIDDEN));
            weights.add(weight("hh" + i, gates * HIDDEN, HIDDEN));
            if (biases) {
                weights.add(weight("bih" + i, gates * HIDDEN));
                weights.add(weight("bhh" + i, gates * HIDDEN));
            }
        }
        Value h = graph.addInput("h", Type.TENSOR);
        Value states = isLstm ? g.list(Type.TENSOR, List.of(h, graph.addInput("c", Type.TENSOR))) : h;
        List<Value> outputs =
                g.ops(kind, x, states, g.list(Type.TENSOR, weights), biases, layers, 0.5, false, both, batchFirst);
        outputs.forEach(graph::addOutput);
    }

    /** Features of each time and batch entry, then as many states as the program takes. */
    private Object[] sequences(long times, long batch, long layers) {
        Object[] inputs = new Object[graph.inputs().size()];
        Arrays.setAll(inputs, i -> i == 0 ? Torch.randn(times, batch, FEATURES) : Torch.randn(layers, batch, HIDDEN));
        return inputs;
    }

    private void assertPackedForAllSizes(long layers, String operator, String before) {
        for (long[] size : new long[][] {{4, 2}, {1, 1}, {20, 8}, {3, 0}}) {
            Graph copy = graph.copy();
            Results.stay(copy, Packing::run, sequences(size[0], size[1], layers));
            assertThat(copy.kinds()).containsEntry(operator, (int) layers).doesNotContainKey(before);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, false, true", "2, false, true", "1, true, true", "3, true, false"})
    void lstmsArePackedForAnyLengthAndBatch(long layers, boolean both, boolean biases) {
        recurrent("aten::lstm", layers, both, biases, false);

        assertPackedForAllSizes(both ? 2 * layers : layers, LSTM, "aten::lstm");
    }

    @ParameterizedTest
    @CsvSource({"1, false, true", "2, false, true", "1, true, true", "3, true, false"})
    void grusAreLoopsOfPackedLayersForAnyLengthAndBatch(long layers, boolean both, boolean biases) {
        recurrent("aten::gru", layers, both, biases, false);

        assertPackedForAllSizes(both ? 2 * layers : layers, GRU_STEP, "aten::gru");
    }

    @ParameterizedTest
    @ValueSource(strings = {"aten::lstm", "aten::gru"})
    void theBatchMayBeInFront(String kind) {
        recurrent(kind, 2, true, true, true);
        Object[] inputs = sequences(1, 3, 4);
        inputs[0] = Torch.randn(3, 7, FEATURES);

        Results.stay(graph, Packing::run, inputs);

        assertThat(graph.kinds()).doesNotContainKey(kind);
        assertThat(graph.slots()).doesNotContainKeys("ih0", "hh0").containsKeys("bih0", "packed_weights");
    }

    @Test
    void weightsMayBeInAListThatTheModuleHolds() {
        List<Tensor> weights = Stream.of(
                        Torch.randn(3 * HIDDEN, FEATURES),
                        Torch.randn(3 * HIDDEN, HIDDEN),
                        Torch.randn(3 * HIDDEN),
                        Torch.randn(3 * HIDDEN))
                .map(weight -> weight.requiresGrad_(true))
                .toList();
        graph.slots().put("flat_weights", Slot.attribute(new Type.OfList(Type.TENSOR), weights));
        Value h = graph.addInput("h", Type.TENSOR);
        g.ops("aten::gru", x, h, g.get("flat_weights"), true, 1L, 0.0, false, false, false)
                .forEach(graph::addOutput);

        Results.stay(graph, Packing::run, sequences(4, 2, 1));

        assertThat(graph.kinds()).containsKey(GRU_STEP);
        assertThat(graph.slots()).doesNotContainKey("flat_weights");
    }

    @Test
    void networksWithAProjectionStayAsTheyAre() {
        Value weights = g.list(
                Type.TENSOR,
                List.of(weight("ih", 4 * HIDDEN, FEATURES), weight("hh", 4 * HIDDEN, 2), weight("hr", 2, HIDDEN)));
        Value states = g.list(Type.TENSOR, List.of(graph.addInput("h", Type.TENSOR), graph.addInput("c", Type.TENSOR)));
        graph.addOutput(g.ops("aten::lstm", x, states, weights, false, 1L, 0.0, false, false, false)
                .get(0));

        assertThat(Packing.run(graph)).isFalse();
    }

    // ---- query, key and value

    /** Two heads of three numbers: (batch, heads, sequence, 3). */
    private Value heads(Value projected) {
        Object batch = g.op("aten::size", projected, 0L);
        Value parts = g.op("aten::view", projected, List.of(batch, -1L, 2L, 3L));
        return g.op("aten::transpose", parts, 1L, 2L);
    }

    /** A layer from seven numbers to six. */
    private Value projection(Value of, String name, boolean bias) {
        return g.op("aten::linear", of, weight(name, 6, 7), bias ? weight(name + "_bias", 6) : null);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theLayersOfOneInputInAnAttentionAreOne(boolean bias) {
        Value query = heads(projection(x, "q", bias));
        Value key = heads(g.op("aten::mul", projection(x, "k", bias), 0.5));
        graph.addOutput(g.op("aten::scaled_dot_product_attention", query, key, heads(projection(x, "v", bias))));

        Results.stay(graph, Packing::run, Torch.randn(2, 5, 7));

        assertThat(graph.kinds()).containsEntry(LINEAR, 1).containsEntry("aten::slice", 3);
        assertThat(graph.slots()).containsOnlyKeys("packed_weights");
    }

    @Test
    void viewsAcrossTheirNumbersStillWork() {
        List<Value> heads = new ArrayList<>();
        for (String name : List.of("q", "k", "v")) {
            Value together = g.op("aten::view", projection(x, name, true), List.of(5L, 4L, 3L));
            heads.add(g.op("aten::view", g.op("aten::transpose", together, 0L, 1L), List.of(2L, 2L, 5L, 3L)));
        }
        graph.addOutput(g.op("aten::scaled_dot_product_attention", heads.toArray()));

        Results.stay(graph, Packing::run, Torch.randn(5, 2, 7));

        assertThat(graph.kinds()).containsEntry(LINEAR, 1);
    }

    @Test
    void theQueryOfAnotherInputIsALayerOfItsOwn() {
        Value other = graph.addInput("other", Type.TENSOR);
        Value query = heads(projection(other, "q", true));
        Value key = heads(projection(x, "k", true));
        graph.addOutput(g.op("aten::scaled_dot_product_attention", query, key, heads(projection(x, "v", true))));

        Results.stay(graph, Packing::run, Torch.randn(2, 5, 7), Torch.randn(2, 3, 7));

        assertThat(graph.kinds()).containsEntry(LINEAR, 2).containsEntry("aten::slice", 2);
    }

    @Test
    void aProjectionThatIsUsedOtherwiseTooIsALayerOfItsOwn() {
        Value value = projection(x, "v", true);
        Value query = heads(projection(x, "q", true));
        Value key = heads(projection(x, "k", true));
        graph.addOutput(g.op("aten::scaled_dot_product_attention", query, key, heads(value)));
        graph.addOutput(value);

        Results.stay(graph, Packing::run, Torch.randn(2, 5, 7));

        assertThat(graph.kinds()).containsEntry(LINEAR, 2).containsEntry("aten::slice", 2);
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
