package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;

class LossRulesTest extends RuleTest {
    private static final List<String> OPERATORS = List.of("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss");

    private static OneNode loss(String operator) {
        return OneNode.of(operator, 13).input(random(4, 3)).input(longs(0, 2, 1, 2));
    }

    @Test
    void lossesAreReducedInEveryWay() {
        for (String operator : OPERATORS) {
            assertSame(loss(operator));
            for (String reduction : List.of("none", "mean", "sum")) {
                assertSame(loss(operator).text("reduction", reduction));
            }
        }
    }

    @Test
    void classesHaveWeights() {
        for (String operator : OPERATORS) {
            for (String reduction : List.of("none", "mean", "sum")) {
                assertSame(loss(operator)
                        .text("reduction", reduction)
                        .weight(random(3).abs()));
            }
        }
    }

    @Test
    void weightsOfClassesMayComeWhenTheModelRuns() {
        for (String operator : OPERATORS) {
            assertSame(loss(operator).input(random(3).abs()));
        }
    }

    @Test
    void aClassIsIgnored() {
        for (String operator : OPERATORS) {
            assertSame(loss(operator).integer("ignore_index", 2));
            assertSame(loss(operator)
                    .integer("ignore_index", 2)
                    .text("reduction", "none")
                    .weight(random(3).abs()));
            assertSame(OneNode.of(operator, 13)
                    .integer("ignore_index", -1)
                    .input(random(3, 4))
                    .input(longs(-1, 2, 3)));
        }
    }

    @Test
    void everyPositionHasItsClass() {
        for (String operator : OPERATORS) {
            for (String reduction : List.of("none", "mean")) {
                assertSame(OneNode.of(operator, 12)
                        .text("reduction", reduction)
                        .input(random(2, 3, 4))
                        .input(longs(0, 1, 2, 0, 2, 2, 1, 0).reshape(2, 4).to(DType.INT32)));
                assertSame(OneNode.of(operator, 12)
                        .text("reduction", reduction)
                        .input(random(2, 3, 2, 2))
                        .input(longs(0, 1, 2, 0, 2, 2, 1, 0).reshape(2, 2, 2)));
            }
        }
    }

    @Test
    void logarithmsOfProbabilitiesAreASecondOutput() {
        assertSame(loss("SoftmaxCrossEntropyLoss").outputs(2));
    }

    @Test
    void gradientsFlowToTheScores() {
        for (String operator : OPERATORS) {
            assertGradients(loss(operator));
        }
    }

    @Test
    void unknownReductionsAreRefused() {
        for (String operator : OPERATORS) {
            assertRefused(loss(operator).text("reduction", "median"), "reduction median");
        }
    }
}
