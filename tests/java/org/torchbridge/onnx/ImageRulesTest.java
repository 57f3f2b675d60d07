package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class ImageRulesTest extends RuleTest {
    private static Tensor scalar(float value) {
        return Torch.tensor(new float[] {value}).reshape(new long[0]);
    }

    @Test
    void padsAreAnAttributeUpToVersionTen() {
        assertSame(OneNode.of("Pad", 10)
                .integers("pads", 0, 1, 2, 0)
                .real("value", 3)
                .input(random(2, 3)));
    }

    @Test
    void padsAndTheirValueAreInputsLater() {
        assertSame(OneNode.of("Pad", 13).input(random(2, 3)).weight(1, 0, 2, 1).weight(scalar(2)));
        assertSame(OneNode.of("Pad", 13)
                .input(random(2, 3))
                .input(longs(1, 0, 2, 1))
                .input(scalar(2)));
    }

    @Test
    void everyModeRepeatsTheInputInItsWay() {
        for (String mode : List.of("reflect", "edge", "wrap")) {
            assertSame(
                    OneNode.of("Pad", 19).text("mode", mode).input(random(3, 4)).weight(1, 2, 2, 1));
            assertSame(
                    OneNode.of("Pad", 19).text("mode", mode).input(random(3, 4)).input(longs(1, 2, 2, 0)));
        }
    }

    @Test
    void negativePadsTakeElementsAway() {
        assertSame(OneNode.of("Pad", 13).input(random(3, 4)).weight(-1, 0, 1, -2));
    }

    @Test
    void axesMayBeChosen() {
        for (String mode : List.of("constant", "reflect", "edge")) {
            OneNode fixed = OneNode.of("Pad", 18).text("mode", mode).input(random(3, 3, 4));
            assertSame(fixed.weight(1, 2, 2, 0).none().weight(-1, 0));
        }
    }

    @Test
    void axesMayComeWhenTheModelRuns() {
        for (String mode : List.of("constant", "reflect", "edge")) {
            OneNode open = OneNode.of("Pad", 18).text("mode", mode).input(random(3, 3, 4));
            assertSame(open.sized(longs(1, 2, 2, 0)).none().sized(longs(-1, 0)));
        }
    }

    @Test
    void integersArePaddedWithIntegers() {
        assertSame(OneNode.of("Pad", 13)
                .input(longs(1, 2, 3))
                .weight(1, 1)
                .weight(Torch.tensor(new long[] {9}).reshape(new long[0])));
        assertSame(OneNode.of("Pad", 13).input(random(3).gt(0)).weight(1, 1));
    }

    @Test
    void gradientsFlowThroughPads() {
        for (String mode : List.of("constant", "reflect", "edge")) {
            assertGradients(
                    OneNode.of("Pad", 18).text("mode", mode).input(random(3, 4)).weight(1, 2, 2, 1));
        }
    }

    @Test
    void unknownModesArePaddedByNobody() {
        assertRefused(
                OneNode.of("Pad", 18).text("mode", "fancy").input(random(3)).weight(1, 1), "mode fancy");
    }

    @Test
    void gridsSampleImagesInEveryWay() {
        for (String mode : List.of("bilinear", "nearest", "bicubic")) {
            for (String padding : List.of("zeros", "border", "reflection")) {
                for (long align = 0; align < 2; align++) {
                    assertSame(OneNode.of("GridSample", 16)
                            .text("mode", mode)
                            .text("padding_mode", padding)
                            .integer("align_corners", align)
                            .input(random(2, 3, 5, 4))
                            .input(random(2, 3, 6, 2)));
                }
            }
        }
    }

    @Test
    void gridsSampleVolumes() {
        for (String mode : List.of("linear", "nearest")) {
            assertSame(OneNode.of("GridSample", 20)
                    .text("mode", mode)
                    .input(random(1, 2, 3, 4, 3))
                    .input(random(1, 2, 2, 3, 3)));
        }
    }

    @Test
    void gradientsFlowToImagesAndGrids() {
        Tensor grid = Torch.tensor(new float[] {-0.5f, 0.5f, 0, 0, 0.5f, 0}).reshape(1, 1, 3, 2);
        assertGradients(OneNode.of("GridSample", 16).input(random(1, 2, 4, 4)).input(grid));
    }

    @Test
    void unknownWaysToSampleAreRefused() {
        OneNode mode = OneNode.of("GridSample", 16).text("mode", "fancy");
        assertRefused(mode.input(random(1, 1, 2, 2)).input(random(1, 2, 2, 2)), "mode fancy");
        OneNode padding = OneNode.of("GridSample", 16).text("padding_mode", "ones");
        assertRefused(padding.input(random(1, 1, 2, 2)).input(random(1, 2, 2, 2)), "padding_mode ones");
        OneNode volume = OneNode.of("GridSample", 20).text("mode", "cubic");
        assertRefused(volume.input(random(1, 1, 2, 2, 2)).input(random(1, 2, 2, 2, 3)), "mode cubic");
    }

    @Test
    void gridsFollowFromAffineMaps() {
        for (long align = 0; align < 2; align++) {
            assertSame(OneNode.of("AffineGrid", 20)
                    .integer("align_corners", align)
                    .input(random(2, 2, 3))
                    .weight(2, 3, 4, 5));
            assertSame(OneNode.of("AffineGrid", 20)
                    .integer("align_corners", align)
                    .input(random(1, 3, 4))
                    .weight(1, 1, 2, 3, 4));
        }
    }

    @Test
    void theMiddleIsCutOutOrPadded() {
        assertSame(OneNode.of("CenterCropPad", 18).input(random(5, 4)).weight(2, 7));
        assertSame(OneNode.of("CenterCropPad", 18).input(random(5, 4)).weight(8, 1));
        assertSame(OneNode.of("CenterCropPad", 18)
                .integers("axes", -1, 0)
                .input(random(5, 2, 4))
                .weight(3, 6));
    }

    @Test
    void depthBecomesSpaceInTwoOrders() {
        for (String mode : List.of("DCR", "CRD")) {
            assertSame(OneNode.of("DepthToSpace", 13)
                    .integer("blocksize", 2)
                    .text("mode", mode)
                    .input(random(2, 8, 2, 3)));
        }
        assertSame(OneNode.of("DepthToSpace", 7).integer("blocksize", 2).input(random(1, 4, 2, 3)));
    }

    @Test
    void unknownOrdersAreRefused() {
        assertRefused(
                OneNode.of("DepthToSpace", 13)
                        .integer("blocksize", 2)
                        .text("mode", "RCD")
                        .input(random(1, 4, 2, 2)),
                "mode RCD");
    }

    @Test
    void spaceBecomesDepth() {
        assertSame(OneNode.of("SpaceToDepth", 13).integer("blocksize", 2).input(random(2, 3, 4, 6)));
    }

    @Test
    void spaceBecomesDepthWithinEachChannel() {
        Tensor x = random(2, 3, 4, 6);
        Tensor channels = x.reshape(2, 3, 2, 2, 3, 2).permute(0, 1, 3, 5, 2, 4).reshape(2, 12, 2, 3);
        OneNode node = OneNode.of("SpaceToDepth", 28).integer("blocksize", 2).text("mode", "CRD");

        assertResults(node.input(x), List.of(channels));
    }

    @Test
    void columnsBecomeImagesOfAnyNumberOfDimensions() {
        assertSame(OneNode.of("Col2Im", 18)
                .integers("strides", 2, 1)
                .integers("pads", 1, 0, 1, 0)
                .integers("dilations", 1, 2)
                .input(random(1, 12, 9))
                .weight(4, 5)
                .weight(2, 2));
        assertSame(OneNode.of("Col2Im", 18).input(random(1, 4, 4)).weight(5).weight(2));
        assertSame(
                OneNode.of("Col2Im", 18).input(random(1, 8, 12)).weight(3, 4, 3).weight(2, 2, 2));
    }

    @Test
    void wholeNumbersArePooledAndPaddedAsTheyAre() {
        Tensor whole = random(1, 1, 3, 3).mul(9).to(DType.INT32);
        assertSame(OneNode.of("Pad", 13).text("mode", "edge").input(whole).weight(0, 0, 1, 1, 0, 0, 1, 1));
    }
}
