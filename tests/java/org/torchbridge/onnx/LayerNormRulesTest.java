package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.nn.Functional;

class LayerNormRulesTest extends RuleTest {
    @Test
    void layersAreNormalizedFromAnAxisOn() {
        assertSame(OneNode.of("LayerNormalization", 17)
                .input(random(2, 3, 4))
                .weight(random(4))
                .weight(random(4)));
        for (long axis : new long[] {1, -2}) {
            assertSame(OneNode.of("LayerNormalization", 17)
                    .integer("axis", axis)
                    .real("epsilon", 0.01)
                    .input(random(2, 3, 4))
                    .weight(random(3, 4))
                    .weight(random(3, 4)));
        }
    }

    @Test
    void scalesOfLayersMayBeSmallerOrMissTheirShift() {
        assertSame(OneNode.of("LayerNormalization", 17).input(random(2, 3, 4)).input(random(4)));
        Tensor x = random(2, 3, 4);
        Tensor scale = random(4);
        OneNode node =
                OneNode.of("LayerNormalization", 17).integer("axis", 1).input(x).weight(scale);
        assertResults(node, List.of(normalized(x).mul(scale)));
    }

    /** Normalised over all dimensions but the first. */
    private static Tensor normalized(Tensor x) {
        return Functional.layerNorm(x, x.size(1), x.size(2));
    }

    @Test
    void meansAndInverseDeviationsAreFurtherOutputs() {
        assertSame(OneNode.of("LayerNormalization", 17)
                .integer("axis", -2)
                .input(random(2, 3, 4))
                .weight(random(3, 4))
                .weight(random(3, 4))
                .outputs(3));
    }

    @Test
    void theAxisCountsFromTheFrontWhereTheNumberOfDimensionsIsUnknown() {
        for (Tensor scale : List.of(random(3, 4), random(4))) {
            ModelText model = new ModelText(17)
                    .input("x", "float", "a", "b")
                    .input("shape", "int64", "n")
                    .weight("scale", scale)
                    .node("Reshape", "x shape", "h")
                    .node("LayerNormalization", "h scale", "y", ModelText.attribute("axis", 1))
                    .output("y");
            Tensor x = random(2, 12);
            List<Tensor> results = results(model.load(), List.of(x, longs(2, 3, 4)));
            assertClose(results.get(0), normalized(x.reshape(2, 3, 4)).mul(scale), model);
        }
    }

    @Test
    void gradientsFlowThroughEveryNormalization() {
        assertGradients(OneNode.of("LayerNormalization", 17)
                .input(random(2, 3, 4))
                .input(random(4))
                .input(random(4)));
        assertGradients(OneNode.of("LRN", 13).integer("size", 3).input(random(1, 4, 3, 1)));
        assertGradients(OneNode.of("LpNormalization", 1).input(random(2, 4)));
        assertGradients(OneNode.of("MeanVarianceNormalization", 13).input(random(2, 3, 2, 2)));
    }

    @Test
    void rootsOfMeanSquaresNormalize() {
        assertSame(OneNode.of("RMSNormalization", 23).input(random(2, 3, 4)).weight(random(4)));
        for (long axis : new long[] {1, -2}) {
            assertSame(OneNode.of("RMSNormalization", 23)
                    .integer("axis", axis)
                    .real("epsilon", 0.01)
                    .input(random(2, 3, 4))
                    .weight(random(3, 4)));
        }
    }

    @Test
    void groupsOfChannelsAreNormalized() {
        assertSame(OneNode.of("GroupNormalization", 21)
                .integer("num_groups", 2)
                .real("epsilon", 0.01)
                .input(random(2, 4, 3, 2))
                .weight(random(4))
                .weight(random(4)));
        assertSame(OneNode.of("GroupNormalization", 18)
                .integer("num_groups", 2)
                .input(random(2, 4, 3, 2))
                .weight(random(2))
                .weight(random(2)));
    }

    @Test
    void neighbouringChannelsNormalizeEachOther() {
        for (long size : new long[] {1, 3, 5}) {
            assertSame(OneNode.of("LRN", 13)
                    .integer("size", size)
                    .real("alpha", 0.2)
                    .real("beta", 0.5)
                    .real("bias", 2)
                    .input(random(2, 5, 3, 4)));
        }
    }

    @Test
    void ofAnEvenNumberOfNeighboursOneMoreIsBehind() {
        Tensor x = random(2, 5, 3);
        Tensor squares = Functional.pad(x.square(), 0, 0, 0, 1);
        Tensor sum = squares.slice(1, 0L, 5L, 1).add(squares.slice(1, 1L, 6L, 1));
        OneNode node =
                OneNode.of("LRN", 13).integer("size", 2).real("alpha", 0.5).real("beta", 2);
        assertResults(node.input(x), List.of(x.div(sum.mul(0.25).add(1).square())));
    }

    @Test
    void vectorsGetTheNormOne() {
        for (long p : new long[] {1, 2}) {
            assertSame(OneNode.of("LpNormalization", 7).integer("p", p).input(random(2, 3, 4)));
            assertSame(OneNode.of("LpNormalization", 7)
                    .integer("p", p)
                    .integer("axis", 1)
                    .input(random(2, 3, 4)));
        }
    }

    @Test
    void vectorsOfZerosStayZero() {
        Tensor x = random(2, 3);
        x.select(0, 0).fill_(0);
        assertSame(OneNode.of("LpNormalization", 7).input(x));
    }

    @Test
    void meansAndVariancesOfChosenDimensionsNormalize() {
        assertSame(OneNode.of("MeanVarianceNormalization", 13).input(random(2, 3, 4, 2)));
        assertSame(OneNode.of("MeanVarianceNormalization", 9)
                .integers("axes", 0, 2)
                .input(random(2, 3, 4)));
    }
}
