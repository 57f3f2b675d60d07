package org.torchbridge.onnx;

import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;

class IndexRulesTest extends RuleTest {
    private static OneNode slice(Tensor starts, Tensor ends, Tensor axes, Tensor steps) {
        return OneNode.of("Slice", 13)
                .input(random(5, 6, 4))
                .sized(starts)
                .sized(ends)
                .sized(axes)
                .sized(steps);
    }

    private static OneNode fixedSlice(Tensor starts, Tensor ends, Tensor axes, Tensor steps) {
        return OneNode.of("Slice", 13)
                .input(random(5, 6, 4))
                .weight(starts)
                .weight(ends)
                .weight(axes)
                .weight(steps);
    }

    @Test
    void slicesAreTakenByTheirPlaces() {
        assertSame(OneNode.of("Gather", 13).input(random(4, 3)).weight(2, 0, -1));
        assertSame(OneNode.of("Gather", 13)
                .integer("axis", 1)
                .input(random(2, 4, 3))
                .input(longs(0, 3, -2, 1).reshape(2, 2)));
        assertSame(
                OneNode.of("Gather", 1).integer("axis", -1).input(random(2, 3)).input(longs(1).to(DType.INT32)));
        assertSame(OneNode.of("Gather", 13).input(random(4, 3)).weight(longs(-1).reshape(new long[0])));
        assertSame(OneNode.of("Gather", 13).input(random(4, 3)).input(longs(2).reshape(new long[0])));
    }

    @Test
    void rowsOfATableOfWeightsAreTaken() {
        assertSame(OneNode.of("Gather", 13)
                .weight(random(5, 3))
                .input(longs(4, 0, 4).reshape(1, 3)));
    }

    @Test
    void elementsAreTakenByAPlaceEach() {
        for (long axis : new long[] {0, 1, -1}) {
            assertSame(OneNode.of("GatherElements", 13)
                    .integer("axis", axis)
                    .input(random(2, 3))
                    .input(longs(1, 0, -1, 0, 1, -2).reshape(2, 3)));
        }
    }

    @Test
    void boundsAreAttributesInOldVersions() {
        assertSame(OneNode.of("Slice", 1)
                .integers("starts", 1, -3)
                .integers("ends", 1000, -1)
                .input(random(3, 5)));
        assertSame(OneNode.of("Slice", 9)
                .integers("starts", 1)
                .integers("ends", 3)
                .integers("axes", -1)
                .input(random(3, 5)));
    }

    @Test
    void boundsMayLieAnywhere() {
        long[][] bounds = {{1, 4}, {-3, -1}, {0, 1000}, {-100, 3}, {4, 2}, {1, Integer.MAX_VALUE}};
        for (long[] bound : bounds) {
            for (long step : new long[] {1, 2}) {
                assertSame(fixedSlice(longs(bound[0]), longs(bound[1]), longs(1), longs(step)));
                assertSame(slice(longs(bound[0]), longs(bound[1]), longs(1), longs(step)));
            }
        }
    }

    @Test
    void stepsMayGoBackwards() {
        long[][] bounds = {{4, 1}, {-1, -4}, {1000, 0}, {-1, Integer.MIN_VALUE}, {3, -1000}, {1, 4}};
        for (long[] bound : bounds) {
            for (long step : new long[] {-1, -2}) {
                assertSame(fixedSlice(longs(bound[0]), longs(bound[1]), longs(1), longs(step)));
                assertSame(slice(longs(bound[0]), longs(bound[1]), longs(1), longs(step)));
            }
        }
    }

    @Test
    void severalDimensionsAreSliced() {
        assertSame(fixedSlice(longs(1, 0), longs(4, -1), longs(2, 0), longs(1, 2)));
        assertSame(slice(longs(1, -1), longs(4, 0), longs(-1, 0), longs(2, -1)));
        assertSame(OneNode.of("Slice", 10).input(random(3, 4)).weight(1, 1).weight(3, 2));
        assertSame(OneNode.of("Slice", 13)
                .input(random(3, 4))
                .weight(Integer.MAX_VALUE)
                .weight(Long.MIN_VALUE)
                .weight(1)
                .weight(-1));
    }

    @Test
    void gradientsFlowToWhatIsTaken() {
        assertGradients(OneNode.of("Gather", 13).input(random(4, 3)).weight(2, 0, 2));
        assertGradients(OneNode.of("GatherElements", 13)
                .integer("axis", 1)
                .input(random(2, 3))
                .weight(longs(1, 1, 0, 2).reshape(2, 2)));
        assertGradients(OneNode.of("Slice", 13)
                .input(random(4, 3))
                .weight(3)
                .weight(0)
                .weight(0)
                .weight(-2));
    }
}
