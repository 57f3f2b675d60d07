package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class ConvolutionRulesTest extends RuleTest {
    @Test
    void kernelsHaveOneToThreeDimensions() {
        assertSame(OneNode.of("Conv", 11).input(random(2, 3, 8)).weight(random(4, 3, 3)));
        assertSame(OneNode.of("Conv", 11).input(random(2, 3, 6, 5)).weight(random(4, 3, 3, 2)));
        assertSame(OneNode.of("Conv", 11).input(random(1, 2, 4, 5, 4)).weight(random(3, 2, 2, 3, 2)));
    }

    @Test
    void kernelsMoveInStepsWithGapsInGroups() {
        assertSame(OneNode.of("Conv", 11)
                .integers("kernel_shape", 3, 2)
                .integers("strides", 2, 1)
                .integers("dilations", 1, 2)
                .integers("pads", 1, 1, 1, 1)
                .integer("group", 2)
                .input(random(2, 4, 7, 6))
                .weight(random(6, 2, 3, 2))
                .weight(random(6)));
    }

    @Test
    void endsMayBePaddedDifferently() {
        assertSame(OneNode.of("Conv", 11)
                .integers("pads", 0, 2, 1, 1)
                .input(random(1, 2, 5, 6))
                .weight(random(3, 2, 3, 3)));
    }

    @Test
    void padsMayFollowFromTheSizeOfTheInput() {
        for (String auto : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
            for (long stride : new long[] {1, 2, 3}) {
                assertSame(OneNode.of("Conv", 11)
                        .text("auto_pad", auto)
                        .integers("strides", stride, stride)
                        .input(random(1, 2, 7, 6))
                        .weight(random(3, 2, 4, 3)));
            }
        }
    }

    @Test
    void theKernelMayComeWhenTheModelRuns() {
        assertSame(OneNode.of("Conv", 11)
                .integers("kernel_shape", 3)
                .text("auto_pad", "SAME_UPPER")
                .input(random(2, 3, 8))
                .input(random(4, 3, 3))
                .input(random(4)));
        assertSame(OneNode.of("Conv", 11).input(random(2, 3, 8)).input(random(4, 3, 3)));
    }

    @Test
    void gradientsFlowToInputKernelAndBias() {
        assertGradients(OneNode.of("Conv", 11)
                .integers("pads", 0, 1, 2, 1)
                .input(random(1, 2, 4, 4))
                .input(random(3, 2, 3, 3))
                .input(random(3)));
    }

    @Test
    void fourDimensionsAndUnknownPadsAreRefused() {
        for (String operator : List.of("Conv", "ConvTranspose")) {
            OneNode large = OneNode.of(operator, 11).input(random(1, 1, 2, 2, 2, 2));
            assertRefused(large.weight(random(1, 1, 2, 2, 2, 2)), "4 spatial dimensions");
            OneNode padded = OneNode.of(operator, 11).text("auto_pad", "SAME").input(random(1, 1, 2));
            assertRefused(padded.weight(random(1, 1, 2)), "auto_pad SAME");
        }
    }

    @Test
    void causalConvolutionsGoOnWhereTheyEnded() {
        Tensor x = random(2, 3, 7);
        Tensor weight = random(3, 1, 4);
        Tensor bias = random(3);
        Tensor whole = Torch.conv1d(
                Torch.constantPadNd(x, 3, 0), weight, bias, new long[] {1}, new long[] {0}, new long[] {1}, 3);

        List<Tensor> first = results(causal(x.narrow(2, 0, 2), weight, bias).outputs(2));
        OneNode rest =
                causal(x.narrow(2, 2, 5), weight, bias).input(first.get(1)).outputs(2);

        assertClose(first.get(0), whole.narrow(2, 0, 2), "the first steps");
        assertResults(rest, List.of(whole.narrow(2, 2, 5), x.narrow(2, 4, 3)));
    }

    @Test
    void causalConvolutionsMayHaveAnActivation() {
        Tensor x = random(2, 3, 4);
        Tensor weight = random(3, 1, 1);
        Tensor product = x.mul(weight.reshape(3, 1));
        OneNode node = OneNode.of("CausalConvWithState", 27).text("activation", "silu");

        assertResults(node.input(x).weight(weight), List.of(product.mul(product.sigmoid())));
    }

    private static OneNode causal(Tensor x, Tensor weight, Tensor bias) {
        return OneNode.of("CausalConvWithState", 27).input(x).weight(weight).weight(bias);
    }

    @Test
    void transposedKernelsHaveOneToThreeDimensions() {
        assertSame(OneNode.of("ConvTranspose", 11).input(random(2, 3, 5)).weight(random(3, 4, 3)));
        assertSame(OneNode.of("ConvTranspose", 11)
                .input(random(2, 3, 4, 5))
                .weight(random(3, 4, 3, 2))
                .weight(random(4)));
        assertSame(OneNode.of("ConvTranspose", 11).input(random(1, 2, 3, 4, 3)).weight(random(2, 2, 2, 2, 3)));
    }

    @Test
    void transposedKernelsMoveInStepsWithGapsInGroups() {
        assertSame(OneNode.of("ConvTranspose", 11)
                .integers("strides", 3, 2)
                .integers("dilations", 1, 2)
                .integers("pads", 1, 1, 1, 1)
                .integers("output_padding", 2, 1)
                .integer("group", 2)
                .input(random(2, 4, 4, 3))
                .weight(random(4, 3, 3, 2)));
    }

    @Test
    void theEndsOfATransposedOutputMayBeCutDifferently() {
        assertSame(OneNode.of("ConvTranspose", 11)
                .integers("pads", 0, 1, 2, 0)
                .integers("strides", 2, 2)
                .input(random(1, 2, 4, 3))
                .weight(random(2, 3, 3, 3)));
    }

    @Test
    void theTransposedOutputMayHaveASizeOfItsOwn() {
        for (String auto : List.of("NOTSET", "SAME_UPPER", "SAME_LOWER")) {
            assertSame(OneNode.of("ConvTranspose", 11)
                    .text("auto_pad", auto)
                    .integers("strides", 3, 2)
                    .integers("output_shape", 10, 8)
                    .input(random(1, 2, 3, 4))
                    .weight(random(2, 2, 3, 3)));
        }
    }

    @Test
    void theTransposedOutputMayBeAsLongAsItsSteps() {
        for (String auto : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
            assertSame(OneNode.of("ConvTranspose", 11)
                    .text("auto_pad", auto)
                    .integers("strides", 2, 2)
                    .input(random(1, 2, 3, 4))
                    .weight(random(2, 2, 3, 3)));
        }
    }

    @Test
    void gradientsFlowThroughTransposedConvolutions() {
        assertGradients(OneNode.of("ConvTranspose", 11)
                .integers("pads", 0, 1, 1, 0)
                .integers("strides", 2, 2)
                .input(random(1, 2, 3, 3))
                .input(random(2, 2, 3, 3)));
    }
}
