package org.torchbridge.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.DType;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.autograd.Autograd;
import org.torchbridge.autograd.GradCheck;
import org.torchbridge.autograd.GradOptions;
import org.torchbridge.nn.Reduction;
import org.torchbridge.nn.Size;

/** What the rows of {@link OpsGoldenTest} do not say: other types, gradients of gradients, programs, errors. */
class OpsTest {
    private static final Size TWO = Size.of(2);

    private final Tensor image = Torch.randn(1, 4, 6, 6);
    private final Tensor region = Torch.tensor(new float[][] {{0, 1, 1, 5, 5}});

    static Stream<Function<Tensor, Tensor>> poolings() {
        Tensor region = Torch.tensor(new double[][] {{0, 0.7, 1.1, 4.6, 5.2}, {0, 2.1, 0.3, 5.4, 3.2}});
        return Stream.of(
                x -> Ops.roiAlign(x, region.to(x.dtype()), TWO),
                x -> Ops.roiPool(x, region.to(x.dtype()), TWO),
                x -> Ops.psRoiAlign(x, region.to(x.dtype()), TWO),
                x -> Ops.psRoiPool(x, region.to(x.dtype()), TWO));
    }

    @ParameterizedTest
    @MethodSource("poolings")
    void gradientsAreWhatDifferencesSay(Function<Tensor, Tensor> pooling) {
        Tensor x = Torch.randn(new long[] {1, 4, 6, 7}, DType.FLOAT64).requiresGrad(true);

        GradCheck.gradcheck(inputs -> List.of(pooling.apply(inputs.get(0))), List.of(x));
    }

    @Test
    void gradientsOfADeformableConvolutionAreWhatDifferencesSay() {
        Supplier<Tensor> offset = () -> Torch.randn(new long[] {1, 16, 3, 4}, DType.FLOAT64);
        List<Tensor> inputs = Stream.of(
                        Torch.randn(new long[] {1, 4, 4, 5}, DType.FLOAT64),
                        offset.get(),
                        Torch.randn(new long[] {2, 2, 2, 2}, DType.FLOAT64),
                        Torch.randn(new long[] {2}, DType.FLOAT64),
                        Torch.rand(new long[] {1, 8, 3, 4}, DType.FLOAT64))
                .map(x -> x.requiresGrad(true))
                .toList();

        GradCheck.gradcheck(
                x -> List.of(
                        Ops.deformConv2d(x.get(0), x.get(1), x.get(2), x.get(3), x.get(4), Ops.deformConv2dOptions())),
                inputs);
    }

    @ParameterizedTest
    @MethodSource("poolings")
    void gradientsHaveNoGradientAsInTorchvision(Function<Tensor, Tensor> pooling) {
        Tensor x = Torch.randn(1, 4, 6, 7).requiresGrad(true);
        Tensor y = pooling.apply(x).square().sum();
        Tensor gradient = Autograd.grad(
                        List.of(y), List.of(x), GradOptions.options().createGraph(true))
                .get(0);

        assertThatThrownBy(() -> gradient.sum().backward())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("double backwards on")
                .hasMessageContaining("not supported");
    }

    @ParameterizedTest
    @MethodSource("poolings")
    void backwardTwiceNeedsTheGraphToBeKept(Function<Tensor, Tensor> pooling) {
        Tensor y = pooling.apply(Torch.randn(1, 4, 6, 7).requiresGrad(true)).sum();
        y.backward();

        assertThatThrownBy(y::backward).isInstanceOf(TorchException.class).hasMessageContaining("second time");
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT16", "BFLOAT16"})
    void numbersOf16BitsAreComputedWith32(DType type) {
        Tensor half = image.to(type);
        Tensor single = half.to(DType.FLOAT32);

        assertSame(
                Ops.roiAlign(half, region.to(type), TWO),
                Ops.roiAlign(single, region, TWO).to(type));
        assertSame(
                Ops.psRoiPool(half, region.to(type), TWO),
                Ops.psRoiPool(single, region, TWO).to(type));
        assertThat(Ops.nms(
                                Torch.tensor(new float[][] {{0, 0, 2, 2}}).to(type),
                                Torch.ones(1).to(type),
                                0.5)
                        .toLongArray())
                .containsExactly(0);
        half.requiresGrad(true);
        Ops.roiPool(half, region.to(type), TWO).sum().backward();
        assertThat(half.grad().dtype()).isEqualTo(type);
        assertThat(half.grad().to(DType.FLOAT32).sum().toDouble()).isEqualTo(16);
    }

    @Test
    void withoutGradientsNothingIsRecorded() {
        Tensor x = image.clone().requiresGrad(true);
        try (GradMode none = Torch.noGrad()) {
            assertThat(Ops.roiAlign(x, region, TWO).requiresGrad()).isFalse();
        }
        assertThat(Ops.roiAlign(x, region, TWO).gradFunctionName()).isEqualTo("roi_align_backward");
        assertThat(Ops.nms(region.narrow(1, 1, 4), Torch.ones(1).requiresGrad(true), 0.5)
                        .requiresGrad())
                .isFalse();
    }

    @Test
    void inferenceModeUsesTheSameKernels() {
        Tensor expected = Ops.roiAlign(image, region, TWO);
        try (var mode = Torch.inferenceMode()) {
            assertSame(Ops.roiAlign(image.clone(), region.clone(), TWO), expected);
        }
    }

    @Test
    void programsCallTheOperators() {
        Ops.register();
        IValueVector stack = new IValueVector();
        for (Tensor each : List.of(image, region)) {
            stack.push_back(new IValue(each.unwrap()));
        }
        stack.push_back(new IValue(1.0));
        for (long each : new long[] {2, 2, -1}) {
            stack.push_back(new IValue(each));
        }
        stack.push_back(new IValue(true));

        Dispatcher.singleton().findSchemaOrThrow("torchvision::roi_align", "").callBoxed(stack);

        Tensor expected = Ops.roiAlign(image, region, TWO, Ops.roiAlignOptions().aligned(true));
        assertSame(Tensor.wrap(stack.get(0).toTensor()), expected);
    }

    @Test
    void whatDoesNotFitIsAnErrorThatSaysSo() {
        Tensor boxes = Torch.zeros(3, 4);
        assertError(() -> Ops.nms(boxes, Torch.zeros(2), 0.5), "scores has the shape (2); (3) is expected");
        assertError(
                () -> Ops.nms(Torch.zeros(4), Torch.zeros(1), 0.5), "boxes has the shape (4); (boxes, 4) is expected");
        assertError(() -> Ops.nms(Torch.zeros(3, 5), Torch.zeros(3), 0.5), "(3, 4) is expected");
        assertError(() -> Ops.nms(boxes.to(DType.INT64), Torch.zeros(3).to(DType.INT64), 0.5), "floating-point");
        assertError(() -> Ops.nms(boxes, Torch.zeros(new long[] {3}, DType.FLOAT64), 0.5), "different types");
        assertError(() -> Ops.roiAlign(image.get(0L), region, TWO), "(batch, channels, height, width) is expected");
        assertError(() -> Ops.roiAlign(image, region.add(1), TWO), "region 0 is in image 1 of 1");
        assertError(() -> Ops.roiAlign(image, region.sub(2), TWO), "region 0 is in image -2 of 1");
        assertError(() -> Ops.roiPool(image, region.mul(Double.NaN), TWO), "region 0 is in image nan of 1");
        assertError(() -> Ops.roiAlign(image, region, Size.of(0)), "the pooled size is (0, 0)");
        assertError(() -> Ops.roiAlign(image, region.mul(1e9), TWO), "region 0 is so large");
        assertError(() -> Ops.psRoiAlign(image, region, Size.of(3)), "input has 4 channels");
        assertError(() -> Ops.psRoiPool(image, region, Size.of(3)), "input has 4 channels");
        assertError(() -> Ops.roiAlign(image, Torch.zeros(1, 4), TWO), "rois has the shape (1, 4)");
    }

    @Test
    void whatDoesNotFitADeformableConvolutionIsAnErrorThatSaysSo() {
        Tensor offset = Torch.zeros(1, 18, 4, 4);
        Tensor weight = Torch.zeros(2, 4, 3, 3);
        assertSame(Ops.deformConv2d(image, offset, weight), Torch.zeros(1, 2, 4, 4));
        assertError(() -> Ops.deformConv2d(image, Torch.zeros(1, 18, 4, 3), weight), "offset has the shape");
        assertError(() -> Ops.deformConv2d(image, offset, Torch.zeros(2, 3, 3, 3)), "weight has the shape");
        assertError(() -> Ops.deformConv2d(image, offset, Torch.zeros(2, 4, 7, 1)), "image is too small");
        assertError(
                () -> deform(offset, weight, Torch.zeros(3), null, Ops.deformConv2dOptions()), "bias has the shape");
        assertError(
                () -> deform(offset, weight, null, Torch.zeros(1, 3, 4, 4), Ops.deformConv2dOptions()),
                "mask has the shape");
        assertError(
                () -> deform(
                        offset, weight, null, null, Ops.deformConv2dOptions().stride(0)),
                "stride is (0, 0); positive numbers are expected");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ops.deformConv2d(image, Torch.zeros(1, 8, 4, 4), weight))
                .withMessageContaining("the offset has 8 channels");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ops.deformConv2d(image.get(0L), offset, weight))
                .withMessageContaining("input has 3 dimensions");
    }

    private Tensor deform(Tensor offset, Tensor weight, Tensor bias, Tensor mask, Ops.DeformConv2dOptions options) {
        return Ops.deformConv2d(image, offset, weight, bias, mask, options);
    }

    @Test
    void whatDoesNotFitAFunctionOfJavasIsAnError() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ops.stochasticDepth(image, 1.5, DropMode.ROW))
                .withMessageContaining("1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ops.dropBlock2d(Torch.zeros(2, 3), 0.5, 3))
                .withMessageContaining("[2, 3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ops.masksToBoxes(Torch.zeros(1, 2, 2)))
                .withMessageContaining("all zeros");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ops.clipBoxesToImage(Torch.zeros(1, 4), new long[] {3}))
                .withMessageContaining("a height and a width");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ops.roiAlign(image, List.of(region), TWO))
                .withMessageContaining("boxes of image 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ops.distanceBoxIouLoss(region, region, Reduction.BATCHMEAN))
                .withMessageContaining("BATCHMEAN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ops.roiAlign(image, region, Size.of(1, 2, 3)))
                .withMessageContaining("outputSize is (1, 2, 3)");
    }

    private static void assertError(Supplier<Tensor> call, String message) {
        assertThatThrownBy(call::get).isInstanceOf(TorchException.class).hasMessageContaining(message);
    }

    private static void assertSame(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.equal(expected)).isTrue();
    }
}
