package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Functional;

class PoolingRulesTest extends RuleTest {
    private static OneNode pool(String operator, long version, long... kernel) {
        return OneNode.of(operator, version).integers("kernel_shape", kernel);
    }

    @Test
    void windowsHaveOneToThreeDimensions() {
        for (String operator : List.of("MaxPool", "AveragePool", "LpPool")) {
            assertSame(pool(operator, 11, 3).input(random(2, 3, 8)));
            assertSame(pool(operator, 11, 3, 2).integers("strides", 2, 1).input(random(2, 3, 7, 6)));
            assertSame(pool(operator, 11, 2, 3, 2).input(random(1, 2, 4, 5, 4)));
        }
    }

    @Test
    void padsMayBeDifferentAtTheEnds() {
        for (String operator : List.of("MaxPool", "AveragePool", "LpPool")) {
            assertSame(pool(operator, 11, 3, 3).integers("pads", 1, 1, 1, 1).input(random(1, 2, 6, 6)));
            assertSame(pool(operator, 11, 3, 3).integers("pads", 0, 2, 1, 1).input(random(1, 2, 6, 6)));
        }
    }

    @Test
    void padsMayFollowFromTheSizeOfTheInput() {
        for (String operator : List.of("MaxPool", "AveragePool")) {
            for (String auto : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
                assertSame(pool(operator, 11, 3, 2)
                        .text("auto_pad", auto)
                        .integers("strides", 2, 2)
                        .input(random(1, 2, 6, 7)));
            }
        }
    }

    @Test
    void theLastWindowMayBeOnlyPartlyFull() {
        for (String operator : List.of("MaxPool", "AveragePool")) {
            assertSame(pool(operator, 11, 3, 3)
                    .integers("strides", 2, 2)
                    .flag("ceil_mode")
                    .input(random(1, 2, 6, 8)));
            assertSame(pool(operator, 11, 3, 3)
                    .integers("strides", 3, 3)
                    .integers("pads", 1, 1, 1, 1)
                    .flag("ceil_mode")
                    .input(random(1, 2, 6, 8)));
        }
    }

    @Test
    void noWindowBeginsInThePadsOfTheEnd() {
        for (String operator : List.of("MaxPool", "AveragePool")) {
            assertSame(pool(operator, 22, 2, 2)
                    .integers("strides", 2, 2)
                    .integers("pads", 0, 0, 1, 1)
                    .flag("ceil_mode")
                    .input(random(1, 2, 4, 5)));
            assertSame(pool(operator, 22, 1, 1)
                    .integers("strides", 2, 2)
                    .flag("ceil_mode")
                    .input(random(1, 2, 4, 6)));
        }
    }

    @Test
    void windowsMayHaveGaps() {
        for (String operator : List.of("MaxPool", "AveragePool", "LpPool")) {
            assertSame(pool(operator, 19, 2, 3)
                    .integers("dilations", 2, 1)
                    .integers("pads", 1, 0, 0, 1)
                    .input(random(1, 2, 6, 6)));
        }
    }

    @Test
    void padsMayCountForAverages() {
        assertSame(pool("AveragePool", 11, 3, 3)
                .integers("pads", 1, 0, 1, 2)
                .flag("count_include_pad")
                .input(random(1, 2, 5, 6)));
        assertSame(pool("AveragePool", 11, 2, 2)
                .integers("pads", 1, 1, 1, 1)
                .flag("count_include_pad")
                .input(random(1, 2, 5, 6)));
    }

    @Test
    void padsCountForAveragesOfWindowsThatAreNotFull() {
        assertSame(pool("AveragePool", 19, 3, 3)
                .integers("strides", 2, 2)
                .integers("pads", 1, 1, 1, 1)
                .flag("count_include_pad")
                .flag("ceil_mode")
                .input(random(1, 2, 4, 6)));
    }

    /** The window at the end has a column of pads and one behind them, which counts for nothing. */
    @Test
    void whatLiesBehindThePadsDoesNotCountForAveragesOfWindowsWithGaps() {
        OneNode node = pool("AveragePool", 19, 2)
                .integers("dilations", 2)
                .integers("strides", 2)
                .integers("pads", 0, 1)
                .flag("ceil_mode")
                .flag("count_include_pad")
                .input(Torch.tensor(new float[] {1, 2, 3, 4, 5}).reshape(1, 1, 5));

        assertResults(node, List.of(Torch.tensor(new float[] {2, 4, 5}).reshape(1, 1, 3)));
    }

    @Test
    void placesOfTheLargestElementsCountOverTheWholeTensor() {
        assertSame(pool("MaxPool", 12, 2, 2).input(random(2, 3, 4, 5)).outputs(2));
        assertSame(pool("MaxPool", 12, 3).input(random(2, 3, 7)).outputs(2));
        assertSame(pool("MaxPool", 12, 2, 2)
                .flag("storage_order")
                .input(random(2, 3, 4, 5))
                .outputs(2));
        assertSame(pool("MaxPool", 12, 3, 3)
                .integers("pads", 0, 1, 2, 1)
                .input(random(2, 3, 4, 5))
                .outputs(2));
    }

    @Test
    void smallIntegersHaveALargest() {
        Tensor whole = random(1, 2, 6, 6).mul(50);
        assertSame(pool("MaxPool", 12, 2, 2).input(whole.to(DType.INT8)));
        assertSame(pool("MaxPool", 12, 2, 2)
                .integers("pads", 0, 0, 1, 1)
                .input(whole.abs().to(DType.UINT8)));
    }

    @Test
    void gradientsFlowThroughWindows() {
        for (String operator : List.of("MaxPool", "AveragePool")) {
            assertGradients(
                    pool(operator, 11, 2, 2).integers("pads", 0, 1, 1, 0).input(random(1, 1, 4, 4)));
        }
    }

    @Test
    void normsOfWindowsAreOfAnOrder() {
        for (long p : new long[] {1, 2, 3}) {
            assertSame(pool("LpPool", 11, 2, 3).integer("p", p).input(random(1, 2, 5, 6)));
        }
        assertSame(pool("LpPool", 11, 2)
                .text("auto_pad", "SAME_UPPER")
                .integers("strides", 2)
                .input(random(1, 2, 5)));
    }

    @Test
    void globalPoolingIsOverAllButBatchAndChannels() {
        for (String operator : List.of("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool")) {
            assertSame(OneNode.of(operator, 7).input(random(2, 3, 4)));
            assertSame(OneNode.of(operator, 7).input(random(2, 3, 4, 5)));
            assertSame(OneNode.of(operator, 7).input(random(2, 3, 2, 3, 2)));
        }
        assertSame(OneNode.of("GlobalLpPool", 7).integer("p", 3).input(random(2, 3, 4, 5)));
    }

    @Test
    void unpoolingPutsElementsBack() {
        Tensor x = random(1, 1, 2, 2);
        Tensor places = longs(1, 3, 8, 14).reshape(1, 1, 2, 2);
        assertSame(
                pool("MaxUnpool", 11, 2, 2).integers("strides", 2, 2).input(x).input(places));
    }

    @Test
    void unpoolingMayLeaveRoomBehindTheWindows() {
        OneNode node = pool("MaxUnpool", 11, 2, 2)
                .integers("strides", 2, 2)
                .input(Torch.ones(1, 1, 2, 2))
                .input(longs(1, 3, 8, 15).reshape(1, 1, 2, 2))
                .weight(1, 1, 5, 5);
        Tensor image = Torch.zeros(1, 1, 4, 4);
        for (long[] place : new long[][] {{0, 1}, {0, 3}, {2, 0}, {3, 3}}) {
            image.select(2, place[0]).select(2, place[1]).fill_(1);
        }
        assertResults(node, List.of(Functional.pad(image, 0, 1, 0, 1)));
    }

    @Test
    void windowsWithoutASizeAreMalformed() {
        for (String operator : List.of("MaxPool", "AveragePool", "LpPool", "MaxUnpool")) {
            OneNode node = OneNode.of(operator, 11).input(random(1, 1, 4)).input(longs(1));
            assertThatThrownBy(() -> node.load().toGraph()).hasMessageContaining("has no kernel_shape");
        }
    }
}
