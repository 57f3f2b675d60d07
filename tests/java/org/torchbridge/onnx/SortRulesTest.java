package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class SortRulesTest extends RuleTest {
    private static final Tensor REPEATED = Torch.tensor(new float[] {2, 1, 1, 3, 4, 3});

    @Test
    void theNumberOfTheLargestElementsWasAnAttribute() {
        assertSame(OneNode.of("TopK", 9).integer("k", 2).input(random(3, 4)).outputs(2));
    }

    @Test
    void theNumberOfTheLargestElementsIsAnInput() {
        assertSame(OneNode.of("TopK", 11)
                .integer("axis", 0)
                .input(random(3, 4))
                .weight(2)
                .outputs(2));
        assertSame(OneNode.of("TopK", 11).input(random(3, 4)).input(longs(3)).outputs(2));
    }

    @Test
    void theSmallestElementsAreTakenToo() {
        assertSame(OneNode.of("TopK", 11)
                .integer("largest", 0)
                .input(random(3, 4))
                .weight(2)
                .outputs(2));
    }

    @Test
    void ofEqualElementsTheFirstComesFirst() {
        assertSame(OneNode.of("TopK", 11).input(REPEATED).weight(4).outputs(2));
    }

    @Test
    void gradientsFlowToTheElementsThatAreTaken() {
        assertGradients(OneNode.of("TopK", 11).input(random(3, 4)).weight(2).outputs(2));
    }

    @Test
    void uniqueElementsComeWithPlacesAndCounts() {
        assertSame(OneNode.of("Unique", 11).input(REPEATED).outputs(4));
        assertSame(OneNode.of("Unique", 11).integer("sorted", 0).input(REPEATED).outputs(4));
    }

    @Test
    void uniqueElementsAreOfAllDimensionsOrSlicesOfOne() {
        Tensor rows = Torch.tensor(new float[] {1, 0, 1, 0, 2, 3, 1, 0, 1}).reshape(3, 3);
        assertSame(OneNode.of("Unique", 11).input(rows).outputs(4));
        assertSame(OneNode.of("Unique", 11).integer("axis", 0).input(rows).outputs(4));
        assertSame(OneNode.of("Unique", 11).integer("axis", -1).input(rows).outputs(4));
        assertSame(OneNode.of("Unique", 11)
                .integer("axis", 0)
                .integer("sorted", 0)
                .input(rows)
                .outputs(4));
    }

    @Test
    void placesOfWhatIsNotZeroAreColumns() {
        assertSame(OneNode.of("NonZero", 13).input(random(2, 3).relu()));
        assertSame(OneNode.of("NonZero", 9).input(random(4).gt(0)));
    }

    @Test
    void equationsMaySayTheirResultOrNot() {
        assertSame(OneNode.of("Einsum", 12)
                .text("equation", "bij, bjk -> bik")
                .input(random(2, 3, 4))
                .input(random(2, 4, 5)));
        assertSame(OneNode.of("Einsum", 12)
                .text("equation", "ij,jk")
                .input(random(3, 4))
                .input(random(4, 5)));
        assertSame(OneNode.of("Einsum", 12).text("equation", "...ii->...i").input(random(2, 3, 3)));
    }

    @Test
    void gradientsFlowThroughEquations() {
        assertGradients(OneNode.of("Einsum", 12)
                .text("equation", "ij,kj->ik")
                .input(random(2, 3))
                .input(random(4, 3)));
    }

    @Test
    void trianglesBeginAtADiagonal() {
        assertSame(OneNode.of("Trilu", 14).input(random(2, 3, 4)));
        assertSame(OneNode.of("Trilu", 14)
                .integer("upper", 0)
                .input(random(3, 4))
                .weight(Torch.tensor(new long[] {-1}).reshape()));
        assertSame(OneNode.of("Trilu", 14).input(random(3, 4)).input(longs(1)));
    }

    @Test
    void determinantsAreOfTheLastTwoDimensions() {
        assertSame(OneNode.of("Det", 11).input(random(2, 3, 3)));
        assertSame(OneNode.of("Det", 11).input(random(3, 3)));
    }

    @Test
    void hotPlacesHaveOneValueAndAllOthersAnother() {
        for (long axis : new long[] {-1, 0, 1}) {
            assertSame(OneNode.of("OneHot", 11)
                    .integer("axis", axis)
                    .input(longs(0, 2, -1, 1).reshape(2, 2))
                    .weight(3)
                    .input(Torch.tensor(new float[] {-1, 5})));
        }
    }

    @Test
    void depthAndIndicesOfHotPlacesMayBeOfAnyType() {
        assertSame(OneNode.of("OneHot", 11)
                .input(Torch.tensor(new float[] {0, 2, 7}))
                .input(Torch.tensor(new float[] {3}))
                .weight(Torch.tensor(new float[] {0, 1})));
    }

    @Test
    void integersAreSortedToo() {
        for (DType dtype : List.of(DType.INT64, DType.INT32)) {
            assertSame(OneNode.of("TopK", 11)
                    .input(longs(3, 9, -2, 4).to(dtype))
                    .weight(3)
                    .outputs(2));
        }
    }
}
