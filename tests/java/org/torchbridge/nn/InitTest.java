package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.torchbridge.Generator;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** What {@link InitGoldenTest} cannot say in Python. */
class InitTest {
    @Test
    void parametersAreFilledWithoutGradients() {
        Linear linear = new Linear(2, 3);
        assertThat(Init.ones_(linear.weight.tensor()).toFloatArray()).containsOnly(1);
        assertThat(Init.constant_(linear.bias.tensor(), 2.5).toFloatArray()).containsOnly(2.5f);
        assertThat(Init.orthogonal_(linear.weight.tensor())).isSameAs(linear.weight.tensor());
        assertThat(linear.weight.tensor().gradFunctionName()).isNull();
    }

    @Test
    void aGeneratorLeavesTheOthersAlone() {
        Torch.manualSeed(7);
        Tensor expected = Torch.rand(3);
        Torch.manualSeed(7);
        Init.orthogonal_(Torch.empty(3, 3), 1, new Generator(3));
        Init.truncNormal_(Torch.empty(3), 0, 1, -2, 2, new Generator(3));
        assertThat(Torch.rand(3).toFloatArray()).isEqualTo(expected.toFloatArray());
    }

    @Test
    void viewsAreFilledInPlace() {
        Tensor whole = Torch.zeros(4, 6);
        Init.orthogonal_(whole.t().narrow(0, 1, 4));
        Tensor part = whole.narrow(1, 1, 4);
        assertThat(part.mm(part.t()).sub(Torch.eye(4)).abs().max().toDouble()).isCloseTo(0, within(1e-5));
        assertThat(whole.select(1, 0).toFloatArray()).containsOnly(0);
    }

    @Test
    void fansNeedTwoDimensions() {
        assertThat(Init.calculateFans(Torch.empty(4, 3, 2, 3))).isEqualTo(new Init.Fans(18, 24));
        assertThatThrownBy(() -> Init.kaimingUniform_(Torch.empty(4)))
                .hasMessage("fan in and fan out need a tensor of two or more dimensions; it has 1");
    }

    @Test
    void shapesThatDoNotFitAreErrors() {
        assertThatThrownBy(() -> Init.eye_(Torch.empty(3))).hasMessage("the tensor has 1 dimensions; two are expected");
        assertThatThrownBy(() -> Init.sparse_(Torch.empty(3, 2, 2), 0.5))
                .hasMessage("the tensor has 3 dimensions; two are expected");
        assertThatThrownBy(() -> Init.orthogonal_(Torch.empty(3)))
                .hasMessage("the tensor has 1 dimensions; two or more are expected");
        assertThatThrownBy(() -> Init.dirac_(Torch.empty(3, 2)))
                .hasMessage("the tensor has 2 dimensions; three, four or five are expected");
        assertThatThrownBy(() -> Init.dirac_(Torch.empty(4, 2, 3), 3))
                .hasMessage("groups is 3; a divisor of the first size, 4, is expected");
    }
}
