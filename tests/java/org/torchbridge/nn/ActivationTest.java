package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** What the rows of the activations' and dropouts' golden tests do not show: the input in place, and errors. */
class ActivationTest {
    private static final List<InplaceLayer> IN_PLACE = List.of(
            new ELU(1, true),
            new Hardsigmoid(true),
            new Hardtanh(-1, 1, true),
            new Hardswish(true),
            new LeakyReLU(0.1, true),
            new ReLU(true),
            new ReLU6(true),
            new RReLU(0.1, 0.2, true),
            new SELU(true),
            new CELU(1, true),
            new SiLU(true),
            new Mish(true),
            new Threshold(0, 1, true),
            new Dropout(0.5, true),
            new Dropout1d(0.5, true),
            new Dropout2d(0.5, true),
            new Dropout3d(0.5, true));

    @Test
    void theInputItselfIsReturnedInPlace() {
        for (InplaceLayer layer : IN_PLACE) {
            Tensor input = Torch.randn(2, 3, 4);
            Tensor before = input.clone();
            assertThat(layer.call(input).isSame(input)).as(layer.toString()).isTrue();
            assertThat(Torch.equal(input, before)).as(layer.toString()).isFalse();
        }
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        assertThatThrownBy(() -> new Hardtanh(1, 1))
                .hasMessage("minVal is 1.0 and maxVal 1.0; a maxVal above minVal is expected");
        assertThatThrownBy(() -> new Softmax2d().call(Torch.randn(2, 3)))
                .hasMessageContaining("2 dimensions; 3 or 4 are expected: (C, H, W) or (N, C, H, W)");
        assertThatThrownBy(() -> new Dropout(1.5))
                .hasMessage("the dropout probability is 1.5; a number from 0 to 1 is expected");
        assertThatThrownBy(() -> Functional.dropout(Torch.ones(2), -0.5, true))
                .hasMessageContaining("the dropout probability is -0.5");
        assertThatThrownBy(() -> new Dropout1d().call(Torch.ones(2)))
                .hasMessage("the input of dropout1d has 1 dimensions; 2 or 3 are expected: (C, L) or (N, C, L)");
    }

    @Test
    void anAdaptiveSoftmaxSaysWhatItExpects() {
        assertThatThrownBy(() -> new AdaptiveLogSoftmaxWithLoss(8, 10, 4, 4))
                .hasMessage("the cutoffs are [4, 4]; increasing numbers from 1 to 9 are expected");
        AdaptiveLogSoftmaxWithLoss softmax = new AdaptiveLogSoftmaxWithLoss(8, 10, 4);
        assertThatThrownBy(() -> softmax.call(Torch.randn(2, 8), Torch.tensor(new long[] {1, 10})))
                .hasMessage("the targets are from 1 to 10; numbers from 0 to 9 are expected");
        assertThatThrownBy(() -> softmax.call(Torch.randn(2, 8), Torch.tensor(new long[] {1})))
                .hasMessageContaining("the input has the shape [2, 8] and the target [1]");
    }

    @Test
    void firstValuesAreDrawnAnew() {
        Torch.manualSeed(1);
        AdaptiveLogSoftmaxWithLoss softmax = new AdaptiveLogSoftmaxWithLoss(8, 10, 4);
        Tensor first = softmax.stateDict().get("tail.0.1.weight").clone();
        Torch.manualSeed(1);
        softmax.resetParameters();
        assertThat(Torch.equal(softmax.stateDict().get("tail.0.1.weight"), first))
                .isTrue();
        PReLU slopes = new PReLU(2, 0.5);
        Init.zeros_(slopes.weight.tensor());
        slopes.resetParameters();
        assertThat(slopes.weight.tensor().toFloatArray()).containsOnly(0.5f);
    }
}
