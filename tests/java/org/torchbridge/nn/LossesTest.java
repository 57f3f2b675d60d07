package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;

/** What {@link LossesGoldenTest} cannot say in Python. */
class LossesTest {
    private static final Tensor SCORES = Torch.zeros(3, 4);

    @Test
    void weightsAreBuffers() {
        Tensor weight = Torch.ones(4);
        assertThat(new CrossEntropyLoss(CrossEntropyLoss.options().weight(weight)).stateDict())
                .containsOnlyKeys("weight");
        assertThat(new BCEWithLogitsLoss(
                                BCEWithLogitsLoss.options().weight(weight).posWeight(weight))
                        .stateDict())
                .containsOnlyKeys("weight", "pos_weight");
        assertThat(new CrossEntropyLoss().stateDict()).isEmpty();
    }

    @Test
    void weightsFollowTheModuleToAnotherType() {
        BCEWithLogitsLoss loss =
                new BCEWithLogitsLoss(BCEWithLogitsLoss.options().posWeight(Torch.ones(4)));
        loss.to(DType.FLOAT64);
        Tensor input = Torch.zeros(3, 4).to(DType.FLOAT64);
        assertThat(loss.call(input, input).dtype()).isEqualTo(DType.FLOAT64);
    }

    @Test
    void hooksSeeAllInputsOfALoss() {
        List<Integer> seen = new ArrayList<>();
        TripletMarginLoss triplet = new TripletMarginLoss();
        triplet.registerForwardPreHook((module, inputs) -> List.of(inputs.get(0), inputs.get(0), inputs.get(2)));
        triplet.registerForwardHook((module, inputs, output) -> {
            seen.add(inputs.size());
            return null;
        });
        Tensor far = Torch.full(new long[] {2, 3}, 9);
        assertThat(triplet.call(Torch.zeros(2, 3), far, far).toDouble()).isZero();
        assertThat(seen).containsExactly(3);
    }

    @Test
    void aDistanceThatIsAModuleIsAChild() {
        var loss = new TripletMarginWithDistanceLoss(
                TripletMarginWithDistanceLoss.options().distanceFunction(new Weighted()));
        assertThat(loss.namedParameters()).containsOnlyKeys("distance_function.weight");
        Tensor anchor = Torch.zeros(2, 3);
        loss.call(anchor, Torch.ones(2, 3), anchor).backward();
        assertThat(loss.parameters().get(0).grad()).isNotNull();
    }

    @Test
    void anyFunctionIsADistance() {
        var options = TripletMarginWithDistanceLoss.options()
                .distanceFunction((x, y) -> x.sub(y).abs().amax(-1))
                .reduction(Reduction.SUM);
        Tensor loss = Functional.tripletMarginWithDistanceLoss(
                Torch.zeros(2, 3), Torch.full(new long[] {2, 3}, 2), Torch.ones(2, 3), options);
        assertThat(loss.toDouble()).isEqualTo(4);
    }

    @Test
    void aWrongClassIsNamedWithTheClassesThereAre() {
        String expected = "The input has shape [3, 4]: a class from 0 to 3 is expected";
        assertThatThrownBy(() -> Functional.crossEntropy(SCORES, Torch.tensor(0L, 4, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Target 4 is out of bounds.")
                .hasMessageContaining(expected);
        assertThatThrownBy(() -> Functional.nllLoss(SCORES, Torch.tensor(0L, -1, 1)))
                .hasMessageContaining("Target -1 is out of bounds.")
                .hasMessageContaining(expected);
        assertThatThrownBy(() -> Functional.multiMarginLoss(SCORES, Torch.tensor(0L, 4, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expected);
        assertThatThrownBy(() -> Functional.multilabelMarginLoss(Torch.zeros(4), Torch.tensor(4L, -1, -1, -1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The input has shape [4]: a class from 0 to 3 is expected");
    }

    @Test
    void classesOfAnotherTypeAreErrors() {
        assertThatThrownBy(() -> Functional.crossEntropy(SCORES, Torch.tensor(0, 1, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the target is torch.int32[3]; classes as torch.int64 are expected");
        assertThatThrownBy(() -> Functional.binaryCrossEntropyWithLogits(SCORES, SCORES.to(DType.INT64)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the target is torch.int64[3, 4]; the input's type, torch.float32, is expected");
        assertThatThrownBy(() -> new BCELoss().call(SCORES.sigmoid(), Torch.ones(new long[] {3, 4}, DType.INT64)))
                .hasMessage("the target is torch.int64[3, 4]; the input's type, torch.float32, is expected");
    }

    @Test
    void inputAndTargetInTheWrongOrderAreErrors() {
        assertThatThrownBy(() -> Functional.crossEntropy(Torch.tensor(0L, 1, 2), SCORES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the input is torch.int64[3] and the target torch.float32[3, 4];"
                        + " scores of a floating-point type are expected first, then the target");
    }

    @Test
    void classesOfAnotherShapeAreErrors() {
        assertThatThrownBy(() -> Functional.crossEntropy(SCORES, Torch.tensor(new long[][] {{0}, {1}, {2}})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the target is torch.int64[3, 1] and the input torch.float32[3, 4];"
                        + " one class for each row is expected, as torch.int64[3]");
        assertThatThrownBy(() -> Functional.nllLoss(SCORES, SCORES))
                .hasMessageContaining("one class for each row is expected, as torch.int64[3]");
    }

    @Test
    void shapesThatDoNotFitAreErrors() {
        assertThatThrownBy(() -> Functional.crossEntropy(SCORES, Torch.tensor(0L, 1)))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("3")
                .hasMessageContaining("2");
        assertThatThrownBy(() -> new BCELoss().call(SCORES, Torch.zeros(4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Target size ([4]) must be the same as input size ([3, 4])");
        assertThatThrownBy(() -> new BCEWithLogitsLoss().call(SCORES, Torch.zeros(3)))
                .hasMessage("Target size ([3]) must be the same as input size ([3, 4])");
        assertThatThrownBy(() -> Functional.mseLoss(SCORES, SCORES, Reduction.MEAN, Torch.ones(4)))
                .hasMessage("Weight size ([4]) must be the same as input size ([3, 4])");
        assertThatThrownBy(() -> new MarginRankingLoss().call(SCORES, SCORES, Torch.ones(3)))
                .hasMessageContaining("input1: [3, 4], input2: [3, 4], target: [3]");
        assertThatThrownBy(() -> new TripletMarginWithDistanceLoss().call(SCORES, SCORES, Torch.ones(4)))
                .hasMessageContaining("anchor [3, 4], positive [3, 4], and negative [4]");
        assertThatThrownBy(() -> new GaussianNLLLoss().call(SCORES, SCORES, Torch.ones(2, 4)))
                .hasMessageStartingWith("var is of incorrect size, [2, 4]; the input's [3, 4],");
    }

    @Test
    void valuesThatDoNotFitAreErrors() {
        assertThatThrownBy(() -> new GaussianNLLLoss().call(SCORES, SCORES, -0.5))
                .hasMessage("var has negative entry/entries, the least is -0.5; variances are expected");
        assertThatThrownBy(() -> MultiMarginLoss.options().p(3)).hasMessage("p is 3; 1 or 2 is expected");
        assertThatThrownBy(() -> MultiMarginLoss.options().weight(SCORES))
                .hasMessage("the weight has 2 dimensions; one is expected");
        assertThatThrownBy(() -> TripletMarginLoss.options().margin(0))
                .hasMessage("margin must be greater than 0; it is 0.0");
        assertThatThrownBy(() -> TripletMarginWithDistanceLoss.options().margin(-1))
                .hasMessage("margin must be greater than 0; it is -1.0");
        assertThatThrownBy(() -> new MSELoss(Reduction.BATCHMEAN).call(SCORES, SCORES))
                .hasMessage("the reduction is BATCHMEAN, which is for a KLDivLoss; NONE, MEAN or SUM is expected");
        assertThatThrownBy(() -> new BCELoss().call(SCORES.add(2), SCORES))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("between 0 and 1");
    }

    /** A distance that is learned. */
    static final class Weighted extends Module implements BinaryOperator<Tensor> {
        final Parameter weight = new Parameter(Torch.ones(3));

        @Override
        public Tensor apply(Tensor x, Tensor y) {
            return x.sub(y).abs().mul(weight.tensor()).sum(-1);
        }
    }
}
