package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class ReductionRulesTest extends RuleTest {
    private static final List<String> ALL = List.of(
            "ReduceSum",
            "ReduceMean",
            "ReduceMax",
            "ReduceMin",
            "ReduceProd",
            "ReduceL1",
            "ReduceL2",
            "ReduceSumSquare",
            "ReduceLogSum",
            "ReduceLogSumExp");

    private static Tensor positive(long... shape) {
        return random(shape).abs().add(0.5);
    }

    @Test
    void axesAreAnAttributeInOldVersions() {
        for (String operator : ALL) {
            assertSame(OneNode.of(operator, 11).integers("axes", 0, -1).input(positive(2, 3, 4)));
            assertSame(OneNode.of(operator, 11)
                    .integers("axes", -2)
                    .integer("keepdims", 0)
                    .input(positive(2, 3, 4)));
        }
    }

    @Test
    void axesAreAnInputInNewVersions() {
        for (String operator : ALL) {
            assertSame(OneNode.of(operator, 18).input(positive(2, 3, 4)).weight(0, 2));
        }
    }

    @Test
    void axesMayComeWhenTheModelRuns() {
        for (String operator : ALL) {
            assertSame(OneNode.of(operator, 18).input(positive(2, 3, 4)).input(longs(1)));
        }
        for (String operator : ALL) {
            assertSame(OneNode.of(operator, 18)
                    .integer("keepdims", 0)
                    .input(positive(2, 3, 4))
                    .input(longs(-1, 0)));
        }
    }

    @Test
    void withoutAxesEverythingIsReduced() {
        for (String operator : ALL) {
            assertSame(OneNode.of(operator, 18).input(positive(2, 3, 2)));
            assertSame(OneNode.of(operator, 18).integer("keepdims", 0).input(positive(2, 3, 2)));
            assertSame(OneNode.of(operator, 18).input(positive(2, 3)).weight(new long[0]));
        }
    }

    @Test
    void withoutAxesNothingIsReducedWhereTheNodeSaysSo() {
        for (String operator : List.of("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd")) {
            Tensor x = positive(2, 3);
            assertResults(OneNode.of(operator, 18).flag("noop_with_empty_axes").input(x), List.of(x));
        }
    }

    @Test
    void integersStayIntegers() {
        Tensor whole = Torch.tensor(new int[] {3, -7, 2, 5, 4, -9}).reshape(2, 3);
        for (String operator : List.of("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd")) {
            assertSame(OneNode.of(operator, 18).input(whole).weight(1));
            assertSame(OneNode.of(operator, 18).input(whole));
        }
        for (String operator : List.of("ReduceL1", "ReduceSumSquare", "ReduceL2")) {
            assertSame(OneNode.of(operator, 18).input(whole).weight(1));
        }
    }

    @Test
    void truthValuesHaveALargestAndASmallest() {
        Tensor truths = random(2, 3).gt(0);
        assertSame(OneNode.of("ReduceMax", 20).input(truths).weight(1));
        assertSame(OneNode.of("ReduceMin", 20).input(truths).weight(1));
    }

    @Test
    void overNothingTheResultIsTheOneThatChangesNothing() {
        for (String operator : List.of("ReduceSum", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceMax", "ReduceMin")) {
            assertSame(OneNode.of(operator, 20).input(Torch.zeros(2, 0, 3)).weight(1));
        }
    }

    @Test
    void overNothingTheExtremesOfIntegersAreThoseOfTheType() {
        Tensor nothing = Torch.zeros(new long[] {2, 0}, DType.INT32);
        Tensor smallest = Torch.full(new long[] {2, 1}, Integer.MIN_VALUE, DType.INT32);
        Tensor largest = Torch.full(new long[] {2, 1}, Integer.MAX_VALUE, DType.INT32);
        assertResults(OneNode.of("ReduceMax", 20).input(nothing).weight(1), List.of(smallest));
        assertResults(OneNode.of("ReduceMin", 20).input(nothing).weight(1), List.of(largest));
    }

    @Test
    void gradientsFlowThroughEveryReduction() {
        for (String operator : ALL) {
            assertGradients(OneNode.of(operator, 18).input(positive(2, 3)).weight(1));
        }
    }

    @Test
    void positionsAreThoseOfTheFirstExtremeElement() {
        Tensor x = Torch.tensor(new float[] {1, 3, 3, 0, 0, 2}).reshape(2, 3);
        for (String operator : List.of("ArgMax", "ArgMin")) {
            assertSame(OneNode.of(operator, 13).input(x));
            assertSame(OneNode.of(operator, 13).integer("axis", -1).input(x));
            assertSame(OneNode.of(operator, 13)
                    .integer("axis", 1)
                    .integer("keepdims", 0)
                    .input(x));
        }
    }

    @Test
    void positionsAreThoseOfTheLastExtremeElementWhereTheNodeSaysSo() {
        Tensor x = Torch.tensor(new float[] {1, 3, 3, 0, 0, 2}).reshape(2, 3);
        for (String operator : List.of("ArgMax", "ArgMin")) {
            assertSame(OneNode.of(operator, 13)
                    .integer("axis", 1)
                    .flag("select_last_index")
                    .input(x));
        }
    }

    @Test
    void theSoftmaxesGoAlongOneAxis() {
        for (String operator : List.of("Softmax", "LogSoftmax", "Hardmax")) {
            assertSame(OneNode.of(operator, 13).input(random(2, 3, 4)));
            assertSame(OneNode.of(operator, 13).integer("axis", 1).input(random(2, 3, 4)));
        }
    }

    @Test
    void theOldSoftmaxesSeeWhatLiesBehindTheAxisAsOneDimension() {
        for (String operator : List.of("Softmax", "LogSoftmax", "Hardmax")) {
            assertSame(OneNode.of(operator, 11).input(random(2, 3, 4)));
            assertSame(OneNode.of(operator, 11).integer("axis", 0).input(random(2, 3, 4)));
            assertSame(OneNode.of(operator, 11).integer("axis", -2).input(random(2, 3, 4)));
        }
    }

    @Test
    void ofEqualElementsTheFirstIsTheHardOne() {
        assertSame(OneNode.of("Hardmax", 13).input(Torch.ones(2, 3)));
    }
}
