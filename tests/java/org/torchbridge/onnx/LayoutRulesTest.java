package org.torchbridge.onnx;

import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;

class LayoutRulesTest extends RuleTest {
    /** A model that knows nothing of the number of dimensions of {@code h}, which is {@code x} in another shape. */
    private static ModelText ofUnknownRank(long opset) {
        return new ModelText(opset)
                .input("x", "float", "a")
                .input("shape", "int64", "n")
                .node("Reshape", "x shape", "h");
    }

    @Test
    void shapesMayBeKnownOrComeWhenTheModelRuns() {
        assertSame(OneNode.of("Reshape", 13).input(random(2, 6)).weight(3, -1));
        assertSame(OneNode.of("Reshape", 5).input(random(2, 6)).sized(longs(3, 4)));
        assertSame(OneNode.of("Reshape", 13).input(random(2, 6)).input(longs(-1, 2, 2)));
    }

    @Test
    void aSizeOfZeroKeepsThatOfTheInput() {
        assertSame(OneNode.of("Reshape", 13).input(random(2, 6)).weight(0, 3, -1));
        assertSame(OneNode.of("Reshape", 13).input(random(2, 6)).sized(longs(0, 3, 2)));
        assertSame(OneNode.of("Reshape", 13).input(random(2, 6)).input(longs(0, 3, 2)));
    }

    @Test
    void aSizeOfZeroIsNothingWhereTheNodeSaysSo() {
        assertSame(
                OneNode.of("Reshape", 14).flag("allowzero").input(random(0, 6)).weight(3, 0));
    }

    @Test
    void dimensionsBecomeAMatrix() {
        for (long axis : new long[] {0, 1, 2, 3, -1}) {
            assertSame(OneNode.of("Flatten", 13).integer("axis", axis).input(random(2, 3, 4)));
        }
        assertSame(OneNode.of("Flatten", 9).input(random(5)));
        ModelText model = ofUnknownRank(13).node("Flatten", "h", "y").output("y");
        assertSame(model, random(12), longs(2, 3, 2));
    }

    @Test
    void dimensionsAreReorderedOrReversed() {
        assertSame(OneNode.of("Transpose", 13).integers("perm", 1, 2, 0).input(random(2, 3, 4)));
        assertSame(OneNode.of("Transpose", 1).input(random(2, 3, 4)));
        ModelText model = ofUnknownRank(13).node("Transpose", "h", "y").output("y");
        assertSame(model, random(12), longs(2, 3, 2));
    }

    @Test
    void dimensionsOfOneElementAreTakenAway() {
        assertSame(OneNode.of("Squeeze", 11).integers("axes", 0, -1).input(random(1, 3, 1)));
        assertSame(OneNode.of("Squeeze", 13).input(random(1, 3, 1)).weight(-1, -3));
        assertSame(OneNode.of("Squeeze", 13).input(random(1, 3, 1)));
        assertSame(OneNode.of("Squeeze", 13).input(random(1, 3, 1)).sized(longs(2)));
        assertSame(OneNode.of("Squeeze", 13).input(random(1, 3, 1)).sized(longs(-1, 0)));
    }

    @Test
    void dimensionsOfOneElementArePutIn() {
        assertSame(OneNode.of("Unsqueeze", 11).integers("axes", 0, -1).input(random(2, 3)));
        assertSame(OneNode.of("Unsqueeze", 13).input(random(2, 3)).weight(3, 1));
        assertSame(OneNode.of("Unsqueeze", 13).input(random(2, 3)).weight(-1, -2));
        assertSame(OneNode.of("Unsqueeze", 13).input(random(2, 3)).sized(longs(1)));
        assertSame(OneNode.of("Unsqueeze", 13).input(random(2, 3)).sized(longs(-1, 0)));
    }

    @Test
    void dimensionsOfOneElementAreRepeated() {
        assertSame(OneNode.of("Expand", 13).input(random(3, 1)).weight(2, 1, 4));
        assertSame(OneNode.of("Expand", 8).input(random(3, 1)).weight(1));
        assertSame(OneNode.of("Expand", 13).input(random(3, 1)).sized(longs(2, 1, 4)));
        assertSame(OneNode.of("Expand", 13).input(random(3, 1)).input(longs(2, 3, 4)));
        ModelText model = ofUnknownRank(13)
                .weight("wanted", longs(2, 1, 4))
                .node("Expand", "h wanted", "y")
                .output("y");
        assertSame(model, random(3), longs(3, 1));
    }

    @Test
    void tensorsAreJoinedAlongADimension() {
        assertSame(OneNode.of("Concat", 13)
                .integer("axis", -1)
                .input(random(2, 3))
                .input(random(2, 1))
                .weight(random(2, 2)));
        assertSame(OneNode.of("Concat", 4).integer("axis", 0).input(random(2, 3)));
    }

    @Test
    void tensorsAreSplitEvenlyOrInGivenSizes() {
        assertSame(OneNode.of("Split", 2).input(random(4, 3)).outputs(2));
        assertSame(OneNode.of("Split", 11)
                .integer("axis", 1)
                .integers("split", 1, 2)
                .input(random(4, 3))
                .outputs(2));
        assertSame(OneNode.of("Split", 13)
                .integer("axis", -1)
                .input(random(2, 6))
                .weight(1, 2, 3)
                .outputs(3));
        assertSame(
                OneNode.of("Split", 13).input(random(6, 2)).input(longs(4, 2)).outputs(2));
        assertSame(OneNode.of("Split", 18)
                .integer("num_outputs", 3)
                .input(random(7, 2))
                .outputs(3));
    }

    @Test
    void tensorsAreLaidSideBySide() {
        assertSame(OneNode.of("Tile", 13).input(random(2, 3)).weight(2, 1));
        assertSame(OneNode.of("Tile", 6).input(random(2, 3)).input(longs(1, 3)));
    }

    @Test
    void gradientsFlowThroughEveryLayout() {
        Tensor x = random(2, 1, 3);
        assertGradients(OneNode.of("Reshape", 13).input(x).weight(3, 2));
        assertGradients(OneNode.of("Transpose", 13).integers("perm", 2, 0, 1).input(x));
        assertGradients(OneNode.of("Expand", 13).input(x).weight(2, 4, 3));
        assertGradients(OneNode.of("Tile", 13).input(x).weight(1, 2, 2));
        assertGradients(
                OneNode.of("Split", 13).integer("axis", 2).input(x).weight(1, 2).outputs(2));
        assertGradients(OneNode.of("Concat", 13).integer("axis", 1).input(x).input(random(2, 2, 3)));
    }
}
