package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** What sizes and options may be, and what the layers say of inputs that do not fit. */
class SpatialLayersTest {

    @Test
    void aSizeIsOneNumberForAllDimensionsOrOneForEach() {
        assertThat(Size.of(3)).hasToString("3").isEqualTo(Size.of(3)).isNotEqualTo(Size.of(3, 3));
        assertThat(Size.of(3, 2)).hasToString("(3, 2)");
        assertThat(Size.of(3).expanded("stride", 1)).hasToString("(3,)");
        assertThat(Size.of(3).expand("stride", 2)).containsExactly(3, 3);
        assertThat(Size.ofNullable(3L, null)).hasToString("(3, None)");
        assertThat(Size.ofNullable(3L, null).expandOr("outputSize", new long[] {7, 8}))
                .containsExactly(3, 8);
        assertRefused(() -> Size.of(), "a size has 0 numbers; one or more are expected");
        assertRefused(() -> Size.of(1, 2).expand("stride", 3), "stride is (1, 2); one number or 3 are expected");
        assertRefused(() -> Size.of(1, 2).expand("stride", 1), "stride is (1, 2); one number is expected");
        assertRefused(() -> Size.ofNullable(1L, null).expand("stride", 2), "stride is (1, None); numbers are expected");
    }

    @Test
    void optionsCanBeLeftOutAndGivenWithAnySize() {
        Tensor image = Torch.randn(1, 2, 6, 6);
        assertThat(new Conv2d(2, 3, Size.of(3, 2)).call(image).shape()).containsExactly(1, 3, 4, 5);
        assertThat(new ConvTranspose2d(2, 3, Size.of(3, 2)).call(image).shape()).containsExactly(1, 3, 8, 7);
        assertThat(new MaxPool2d(Size.of(3, 2)).call(image).shape()).containsExactly(1, 2, 2, 3);
        assertThat(new LPPool2d(2, Size.of(3, 2)).call(image).shape()).containsExactly(1, 2, 2, 3);
        assertThat(new Unfold(Size.of(3, 2)).call(image).shape()).containsExactly(1, 12, 20);
        Tensor pooled = Functional.maxPool2d(image, 2, MaxPool2d.options().stride(1));
        assertThat(pooled.shape()).containsExactly(1, 2, 5, 5);
        Tensor means = Functional.avgPool2d(image, 2, AvgPool2d.options().stride(1));
        assertThat(means.shape()).containsExactly(1, 2, 5, 5);
        assertThat(Functional.conv2d(image, Torch.randn(3, 2, 3, 3)).shape()).containsExactly(1, 3, 4, 4);
    }

    @Test
    void aLayerKnowsWhatItWasMadeWith() {
        Conv2d conv = new Conv2d(4, 2, 3, Conv2d.options().stride(2).groups(2));
        assertThat(conv.kernelSize()).isEqualTo(Size.of(3, 3));
        assertThat(conv.settings().stride()).isEqualTo(Size.of(2, 2));
        assertThat(conv.settings().groups()).isEqualTo(2);
        assertThat(new MaxPool2d(3).kernelSize()).isEqualTo(Size.of(3));
        assertThat(new ReflectionPad1d(2).padding()).isEqualTo(Size.of(2, 2));
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefused() {
        assertRefused(
                () -> new Conv2d(3, 4, 3, Conv2d.options().groups(2)),
                "inChannels is 3; a multiple of groups, 2, is expected");
        assertRefused(
                () -> new ConvTranspose1d(4, 3, 3, ConvTranspose1d.options().groups(2)),
                "outChannels is 3; a multiple of groups, 2, is expected");
        assertRefused(() -> Conv2d.options().groups(0), "groups is 0; a positive number is expected");
        assertRefused(
                () -> Conv2d.options().padding(Conv2d.NamedPadding.SAME).stride(2),
                "the padding is SAME and the stride 2; this padding goes with stride 1 only");
        assertRefused(
                () -> new AvgPool1d(2, AvgPool1d.options().divisorOverride(3L)).call(Torch.randn(1, 4)),
                "divisorOverride is 3; averaging in one dimension has none");
        assertRefused(
                () -> new FractionalMaxPool2d(2, FractionalMaxPool2d.options()),
                "neither outputSize nor outputRatio is given; one of them is expected");
        assertRefused(
                () -> FractionalMaxPool2d.options().outputSize(3).outputRatio(0.5),
                "outputSize is 3 and outputRatio 0.5; only one of them can be given");
        assertRefused(
                () -> FractionalMaxPool2d.options().outputRatio(0.5, 1),
                "outputRatio is (0.5, 1.0); numbers between 0 and 1 are expected");
    }

    @Test
    void sizesOfTheWrongLengthAreRefusedWhenTheLayerIsMade() {
        assertRefused(
                () -> new Conv1d(3, 4, Size.of(3, 2), Conv1d.options()),
                "kernelSize is (3, 2); one number is expected");
        assertRefused(
                () -> new MaxPool2d(2, MaxPool2d.options().dilation(1, 2, 3)),
                "dilation is (1, 2, 3); one number or 2 are expected");
        assertRefused(() -> new ReplicationPad2d(1, 2), "padding is (1, 2); one number or 4 are expected");
        assertRefused(() -> new AdaptiveAvgPool3d(Size.of(1, 2)), "outputSize is (1, 2); one number or 3 are expected");
        assertRefused(
                () -> new Unfold(Size.of(1, 2, 3), Unfold.options()),
                "kernelSize is (1, 2, 3); one number or 2 are expected");
    }

    @Test
    void inputsOfTheWrongShapeAreRefused() {
        String expected = "the input is (4, 3); 3 dimensions or, in a batch, 4 are expected";
        Tensor input = Torch.randn(4, 3);
        for (Layer layer : List.of(
                new MaxPool2d(2),
                new AvgPool2d(2),
                new LPPool2d(2, 2),
                new AdaptiveMaxPool2d(2),
                new AdaptiveAvgPool2d(2),
                new ReflectionPad2d(1),
                new Unfold(2),
                new LazyConv2d(3, 2),
                new Conv2d(4, 2, 1, Conv2d.options().paddingMode(Conv2d.PaddingMode.CIRCULAR)))) {
            assertRefused(() -> layer.call(input), expected);
        }
        assertRefused(
                () -> new LazyConv1d(4, 3, Conv1d.options().groups(2)).call(Torch.randn(3, 4)),
                "inChannels is 3; a multiple of groups, 2, is expected");
    }

    @Test
    void anOutputSizeThatCannotBeIsRefused() {
        ConvTranspose2d conv =
                new ConvTranspose2d(2, 1, 3, ConvTranspose2d.options().stride(2));
        Tensor input = Torch.randn(1, 2, 3, 3);
        assertThat(conv.call(input, 7, 8).shape()).containsExactly(1, 1, 7, 8);
        assertRefused(
                () -> conv.call(input, 7, 9),
                "outputSize is (7, 9); for the input (1, 2, 3, 3) dimension 1 can have 7 to 8");
        assertRefused(() -> conv.call(input, 7), "outputSize is (7,); 2 or 4 numbers are expected");

        Tensor indices = Torch.zeros(new long[] {1, 2, 3, 3}, DType.INT64);
        assertRefused(
                () -> new MaxUnpool2d(2).call(input, indices, 6, 4),
                "outputSize is (6, 4); dimension 1 can have 5 to 7");
    }

    @Test
    void upsamplingSaysWhatItsModeNeeds() {
        Upsample.Options twice = Upsample.options().scaleFactor(2);
        assertThat(new Upsample(twice.alignCorners(true).mode(Upsample.Mode.LINEAR))
                        .call(Torch.randn(1, 1, 3))
                        .shape())
                .containsExactly(1, 1, 6);
        assertRefused(
                () -> new Upsample(twice.alignCorners(true)),
                "alignCorners is true; the mode NEAREST has no corners to align");
        assertRefused(
                () -> new Upsample(twice.antialias(true)),
                "the mode is NEAREST; antialias goes with BILINEAR and BICUBIC only");
        assertRefused(
                () -> Functional.interpolate(Torch.randn(1, 1, 3, 3), twice.mode(Upsample.Mode.TRILINEAR)),
                "the input has 4 dimensions; 5 are expected for the mode TRILINEAR");
        assertRefused(
                () -> Functional.interpolate(Torch.randn(3, 3), twice),
                "the input has 2 dimensions; 3, 4 or 5 are expected for the mode NEAREST");
        assertRefused(
                () -> Functional.interpolate(Torch.randn(1, 1, 3), Upsample.options()),
                "neither size nor scaleFactor is given; one of them is expected");
        assertRefused(() -> twice.size(4), "size is 4 and scaleFactor 2.0; only one of them can be given");
        assertRefused(
                () -> Upsample.options().size(4).recomputeScaleFactor(true),
                "size is 4: there is no scale factor that could be recomputed");
    }

    @Test
    void affineMapsHaveToFitTheSize() {
        assertRefused(
                () -> Functional.affineGrid(Torch.randn(1, 3, 4), 1, 1, 2, 2),
                "theta is (1, 3, 4) and size (1, 1, 2, 2); (N, 2, 3) and 4 numbers or (N, 3, 4) and 5 numbers are expected");
        assertRefused(
                () -> Functional.affineGrid(Torch.randn(1, 2, 3), 1, 1, 0, 2),
                "size is (1, 1, 0, 2); positive numbers are expected");
    }

    @Test
    void hooksSeeEveryInputOfALayerThatHasMore() {
        List<Object> seen = new ArrayList<>();
        ConvTranspose1d conv =
                new ConvTranspose1d(1, 1, 2, ConvTranspose1d.options().stride(2));
        conv.registerForwardPreHook((module, inputs) -> {
            seen.addAll(inputs);
            return null;
        });
        Tensor input = Torch.randn(1, 1, 2);
        conv.call(input, 5);
        assertThat(seen).containsExactly(input, new long[] {5});
    }

    @Test
    void aLazyConvolutionTakesALoadedState() {
        Conv2d trained = new Conv2d(2, 4, 3);
        LazyConv2d lazy = new LazyConv2d(4, 3);
        lazy.loadStateDict(trained.stateDict());
        Tensor input = Torch.randn(1, 2, 5, 5);
        assertThat(lazy.call(input).toFloatArray())
                .isEqualTo(trained.call(input).toFloatArray());
        assertThat(lazy).hasToString(trained.toString());
        assertThat(lazy.inChannels()).isEqualTo(2);
    }

    @Test
    void aNamedDimensionBecomesNamedOnes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        sizes.put("C", 2L);
        sizes.put("H", 3L);
        Unflatten unflatten = new Unflatten("features", sizes);
        assertThat(unflatten).hasToString("Unflatten(dim=features, unflattened_size=(('C', 2), ('H', 3)))");

        Tensor named = Torch.arange(6.0).view(1, 6).refineNames(new String[] {"N", "features"});
        Tensor image = unflatten.call(named);
        assertThat(image.names()).containsExactly("N", "C", "H");
        assertThat(image.shape()).containsExactly(1, 2, 3);
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
    }
}
