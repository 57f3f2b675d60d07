package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Steps of optimisers, against their formulas with numbers of Java. */
class TrainingRulesTest extends RuleTest {
    private static final double RATE = 0.1;
    private static final Tensor WEIGHT = Torch.tensor(new float[] {1, -2});
    private static final Tensor GRADIENT = Torch.tensor(new float[] {-0.5f, 4});
    private static final Tensor REMEMBERED = Torch.tensor(new float[] {2, 3});

    private static OneNode step(String operator, long step) {
        return OneNode.of("ai.onnx.preview.training", operator, 1)
                .outputs(2)
                .input(Torch.tensor((float) RATE))
                .input(Torch.tensor(step))
                .input(WEIGHT)
                .input(GRADIENT)
                .input(REMEMBERED);
    }

    private static Tensor floats(double... values) {
        return Torch.tensor(values).to(DType.FLOAT32);
    }

    @Test
    void adagradRemembersSquares() {
        double g0 = -0.5 + 0.01 * 1;
        double g1 = 4 + 0.01 * -2;
        double slowed = RATE / (1 + 3 * 0.5);

        assertResults(
                step("Adagrad", 3)
                        .real("decay_factor", 0.5)
                        .real("epsilon", 1e-3)
                        .real("norm_coefficient", 0.01),
                List.of(
                        floats(
                                1 - slowed * g0 / (Math.sqrt(2 + g0 * g0) + 1e-3),
                                -2 - slowed * g1 / (Math.sqrt(3 + g1 * g1) + 1e-3)),
                        floats(2 + g0 * g0, 3 + g1 * g1)));
    }

    private static OneNode momentum(String mode, long step) {
        return step("Momentum", step)
                .real("alpha", 0.9)
                .real("beta", 0.25)
                .real("norm_coefficient", 0)
                .text("mode", mode);
    }

    @Test
    void momentumCountsTheFirstGradientInFull() {
        assertResults(
                momentum("standard", 0),
                List.of(floats(1 - RATE * 1.3, -2 - RATE * 6.7), floats(0.9 * 2 - 0.5, 0.9 * 3 + 4)));
        assertResults(
                momentum("standard", 1),
                List.of(floats(1 - RATE * 1.675, -2 - RATE * 3.7), floats(0.9 * 2 - 0.125, 0.9 * 3 + 1)));
    }

    @Test
    void nesterovLooksAhead() {
        assertResults(
                momentum("nesterov", 1),
                List.of(floats(1 - RATE * (-0.5 + 0.9 * 1.675), -2 - RATE * (4 + 0.9 * 3.7)), floats(1.675, 3.7)));
    }

    @Test
    void adamRemembersMeansAndSquares() {
        double mean = 0.9 * 2 - 0.1 * 0.5;
        double square = 0.999 * 3 + 0.001 * 0.25;
        double rate = RATE * Math.sqrt(1 - Math.pow(0.999, 2)) / (1 - Math.pow(0.9, 2));
        Tensor first = WEIGHT.slice(0, 0L, 1L, 1);
        OneNode node = OneNode.of("ai.onnx.preview.training", "Adam", 1)
                .outputs(3)
                .input(Torch.tensor((float) RATE))
                .input(Torch.tensor(2L))
                .input(first)
                .input(GRADIENT.slice(0, 0L, 1L, 1))
                .input(floats(2))
                .input(floats(3))
                .real("norm_coefficient_post", 0.1);

        assertResults(
                node,
                List.of(floats(0.9 * (1 - rate * mean / (Math.sqrt(square) + 1e-6))), floats(mean), floats(square)));
    }

    @Test
    void severalWeightsAreStepsOfTheirOwn() {
        List<Tensor> one = results(momentum("standard", 1));
        OneNode two = OneNode.of("ai.onnx.preview.training", "Momentum", 1)
                .outputs(4)
                .real("alpha", 0.9)
                .real("beta", 0.25)
                .real("norm_coefficient", 0)
                .text("mode", "standard")
                .input(Torch.tensor((float) RATE))
                .input(Torch.tensor(1L));
        for (Tensor each : List.of(WEIGHT, GRADIENT, REMEMBERED)) {
            two.input(each).input(each);
        }

        assertResults(two, List.of(one.get(0), one.get(0), one.get(1), one.get(1)));
    }

    @Test
    void inputsThatAreNotOfWholeWeightsAreAnError() {
        OnnxModel model = momentum("standard", 1).input(WEIGHT).load();

        assertThatThrownBy(model::toModule)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("has 6 inputs, of which all but two should be 3 for each weight");
    }
}
