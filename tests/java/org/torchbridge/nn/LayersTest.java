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
        add("conv", () -> new Conv2d(3, 4, 3), 2, 3, 6, 5);
        add("conv_options", LayersTest::convWithOptions, 2, 4, 7, 6);
        add("conv_same", () -> conv(Size2d.of(4, 3), same()), 1, 2, 6, 5);
        add("conv_valid", () -> conv(Size2d.of(3), Conv2d.options().padding(Conv2d.NamedPadding.VALID)), 2, 6, 5);
        add(
                "conv_reflect",
                () -> conv(Size2d.of(3), mode(Conv2d.PaddingMode.REFLECT).padding(2, 1)),
                1,
                2,
                6,
                5);
        add(
                "conv_replicate",
                () -> conv(Size2d.of(3), mode(Conv2d.PaddingMode.REPLICATE).padding(1)),
                1,
                2,
                6,
                5);
        add(
                "conv_circular_same",
                () -> conv(Size2d.of(4, 3), same().paddingMode(Conv2d.PaddingMode.CIRCULAR)),
                1,
                2,
                6,
                5);
        add("max_pool", () -> new MaxPool2d(3, MaxPool2d.options().stride(2).padding(1)), 2, 3, 7, 6);
        add("max_pool_options", LayersTest::maxPoolWithOptions, 3, 7, 6);
        add("avg_pool", () -> new AvgPool2d(2), 2, 3, 7, 6);
        add("avg_pool_options", LayersTest::avgPoolWithOptions, 2, 3, 7, 6);
        add("avg_pool_divisor", () -> new AvgPool2d(2, AvgPool2d.options().divisorOverride(3L)), 2, 3, 6, 6);
        add("adaptive_avg_pool", () -> new AdaptiveAvgPool2d(1), 2, 3, 7, 6);
        add("adaptive_avg_pool_pair", () -> new AdaptiveAvgPool2d(3, 2), 2, 3, 7, 6);
        add("flatten", Flatten::new, 2, 3, 4);
        add("flatten_options", () -> new Flatten(0, 1), 2, 3, 4);
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
        assertThatThrownBy(() -> new Conv2d(3, 4, 3, Conv2d.options().groups(2)))
                .hasMessage("inChannels is 3; a multiple of groups, 2, is expected");
        assertThatThrownBy(() -> same().stride(2)).hasMessageContaining("this padding goes with stride 1 only");
    }

    @Test
    void parametersOutliveTheScopeTheyWereMadeIn() {
        Linear linear = Scope.call(() -> new Linear(2, 3));
        assertThat(linear.call(Torch.randn(1, 2)).shape()).containsExactly(1, 3);
    }

    private static void add(String name, Supplier<Layer> layer, long... shape) {
        CASES.put(name, new Case(layer, shape));
    }

    private static Conv2d conv(Size2d kernelSize, Conv2d.Options options) {
        return new Conv2d(2, 3, kernelSize, options);
    }

    private static Conv2d.Options same() {
        return Conv2d.options().padding(Conv2d.NamedPadding.SAME);
    }

    private static Conv2d.Options mode(Conv2d.PaddingMode mode) {
        return Conv2d.options().paddingMode(mode);
    }

    private static Layer convWithOptions() {
        Conv2d.Options options = Conv2d.options()
                .stride(2, 1)
                .padding(1, 2)
                .dilation(1, 2)
                .groups(2)
                .bias(false);
        return new Conv2d(4, 6, Size2d.of(3, 2), options);
    }

    private static Layer maxPoolWithOptions() {
        MaxPool2d.Options options =
                MaxPool2d.options().stride(1, 2).dilation(2, 1).ceilMode(true);
        return new MaxPool2d(Size2d.of(2, 3), options);
    }

    private static Layer avgPoolWithOptions() {
        AvgPool2d.Options options =
                AvgPool2d.options().stride(2, 1).padding(1, 0).ceilMode(true).countIncludePad(false);
        return new AvgPool2d(Size2d.of(3, 2), options);
    }

    private static Layer sequential() {
        Conv2d conv = new Conv2d(1, 2, 3, Conv2d.options().bias(false));
        return new Sequential(conv, new BatchNorm2d(2), new ReLU(true), new Flatten(), new Linear(8, 3));
    }
}
