package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Each layer against Python: first weights from the same seed, output, gradients, and buffers afterwards. */
class LayersTest {
    private static final Golden GOLDEN = Golden.values("/nn/layers.txt");
    private static final double TOLERANCE = 1e-6;

    private record Case(Supplier<Layer> layer, long... shape) {}

    private static final Map<String, Case> CASES = new LinkedHashMap<>();

    static {
        add("linear", () -> new Linear(5, 4), 3, 5);
        add("linear_without_bias", () -> new Linear(5, 4, false), 2, 3, 5);
        add("batch_norm", () -> new BatchNorm2d(3), 4, 3, 2, 2);
        add("batch_norm_options", LayersTest::batchNormWithOptions, 4, 3, 2, 2);
        add("batch_norm_plain", LayersTest::batchNormPlain, 4, 3, 2, 2);
        add("batch_norm_eval", () -> evaluating(new BatchNorm2d(3)), 4, 3, 2, 2);
        add("relu", ReLU::new, 3, 4);
        add("dropout", () -> new Dropout(0.3), 5, 6);
        add("dropout_eval", () -> evaluating(new Dropout(0.3)), 5, 6);
        add("identity", Identity::new, 2, 3);
        add("softmax", () -> new Softmax(1), 3, 4);
        add("log_softmax", () -> new LogSoftmax(-1), 3, 4);
        add("sequential", LayersTest::sequential, 4, 1, 4, 4);
    }

    static Stream<String> names() {
        return CASES.keySet().stream();
    }

    /** The layers by the names they have in the files of expected values. */
    static Map<String, Supplier<Layer>> layers() {
        Map<String, Supplier<Layer>> layers = new LinkedHashMap<>();
        CASES.forEach((name, each) -> layers.put(name, each.layer));
        return layers;
    }

    @ParameterizedTest
    @MethodSource("names")
    void computesWhatPythonComputes(String name) {
        Torch.manualSeed(7);
        Layer layer = CASES.get(name).layer.get();
        layer.stateDict().forEach((key, tensor) -> GOLDEN.assertSame(name + "/state/" + key, tensor));

        Tensor x = Torch.randn(CASES.get(name).shape).requiresGrad(true);
        Tensor y = layer.call(x);
        y.backward(Torch.randn(y.shape()));

        GOLDEN.assertClose(name + "/output", y, TOLERANCE);
        GOLDEN.assertClose(name + "/gradient", x.grad(), TOLERANCE);
        layer.namedParameters()
                .forEach(
                        (key, parameter) -> GOLDEN.assertClose(name + "/gradient/" + key, parameter.grad(), TOLERANCE));
        layer.namedBuffers()
                .forEach((key, buffer) -> GOLDEN.assertClose(name + "/after/" + key, buffer.tensor(), TOLERANCE));
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefused() {
        assertThatThrownBy(() -> new Dropout(1.5)).hasMessageContaining("the dropout probability is 1.5");
    }

    @Test
    void batchNormSaysWhatShapeItExpects() {
        assertThatThrownBy(() -> new BatchNorm2d(3).call(Torch.randn(2, 3)))
                .hasMessage("the input of a BatchNorm2d has 2 dimensions; 4 are expected: (N, 3, H, W)");
    }

    @Test
    void parametersOutliveTheScopeTheyWereMadeIn() {
        Linear linear = Scope.call(() -> new Linear(2, 3));
        assertThat(linear.call(Torch.randn(1, 2)).shape()).containsExactly(1, 3);
    }

    private static void add(String name, Supplier<Layer> layer, long... shape) {
        CASES.put(name, new Case(layer, shape));
    }

    private static Layer evaluating(Layer layer) {
        layer.eval();
        return layer;
    }

    private static Layer batchNormWithOptions() {
        return new BatchNorm2d(3, BatchNorm2d.options().eps(1e-3).momentum(null));
    }

    private static Layer batchNormPlain() {
        return new BatchNorm2d(3, BatchNorm2d.options().affine(false).trackRunningStats(false));
    }

    private static Layer sequential() {
        Conv2d conv = new Conv2d(1, 2, 3, Conv2d.options().bias(false));
        return new Sequential(conv, new BatchNorm2d(2), new ReLU(true), new Flatten(), new Linear(8, 3));
    }
}
