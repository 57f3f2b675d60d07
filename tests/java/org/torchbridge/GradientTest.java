package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class GradientTest {
    private static Tensor leaf(float... values) {
        return Torch.tensor(values).requiresGrad_();
    }

    @Test
    void backwardAddsGradientsToLeaves() {
        Tensor x = leaf(1, 2, 3);

        assertThat(x.grad()).isNull();
        x.square().sum().backward();
        assertThat(x.grad().toFloatArray()).containsExactly(2, 4, 6);
        x.mul(10).sum().backward();
        assertThat(x.grad().toFloatArray()).containsExactly(12, 14, 16);
    }

    @Test
    void backwardStartsFromAGradient() {
        Tensor x = leaf(1, 2);

        x.mul(3).backward(Torch.tensor(1f, 10f));

        assertThat(x.grad().toFloatArray()).containsExactly(3, 30);
    }

    @Test
    void severalElementsNeedAGradient() {
        assertThatThrownBy(() -> leaf(1, 2).mul(3).backward())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("grad can be implicitly created only for scalar outputs");
    }

    @Test
    void aGraphIsUsedUpUnlessRetained() {
        Tensor x = leaf(2);
        Tensor y = x.square().sum();

        y.backward(null, true, false);
        y.backward();

        assertThat(x.grad().toFloat()).isEqualTo(8);
        assertThatThrownBy(y::backward)
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("backward through the graph a second time");
    }

    @Test
    void gradientsOfGradients() {
        Tensor x = leaf(3);

        Tensor first = Torch.grad(List.of(x.pow(3)), List.of(x), List.of(), false, true, false)
                .get(0);
        Tensor second = Torch.grad(List.of(first), List.of(x), List.of(), false, true, false)
                .get(0);
        Tensor third = Torch.grad(List.of(second), List.of(x)).get(0);

        assertThat(first.toFloat()).isEqualTo(27);
        assertThat(second.toFloat()).isEqualTo(18);
        assertThat(third.toFloat()).isEqualTo(6);
        assertThat(x.grad()).isNull();
    }

    @Test
    void createGraphMakesDerivableGradients() {
        Tensor x = leaf(2);

        x.pow(3).sum().backward(null, false, true);

        assertThat(x.grad().requiresGrad()).isTrue();
        assertThat(x.grad().gradFunctionName()).isNotNull();
        x.grad(null);
    }

    @Test
    void gradOfSeveral() {
        Tensor x = leaf(1, 2);
        Tensor y = leaf(5);
        Tensor unused = leaf(0);

        List<Tensor> gradients = Torch.grad(
                List.of(x.mul(y), x.sum()),
                List.of(x, y),
                List.of(Torch.tensor(1f, 1f), Torch.tensor((Object) 2.0)),
                false,
                false,
                false);

        assertThat(gradients.get(0).toFloatArray()).containsExactly(7, 7);
        assertThat(gradients.get(1).toFloatArray()).containsExactly(3);
        assertThatThrownBy(() -> Torch.grad(List.of(x.sum()), List.of(unused)))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("allow_unused");
    }

    @Test
    void anUnusedInputHasNoGradient() {
        Tensor x = leaf(1);
        Tensor unused = leaf(0);

        List<Tensor> gradients = Torch.grad(List.of(x.mul(2)), List.of(x, unused), List.of(), false, false, true);

        assertThat(gradients.get(0).toFloat()).isEqualTo(2);
        assertThat(gradients.get(1)).isNull();
    }

    @Test
    void gradientsCanBeSetAndRemoved() {
        Tensor x = leaf(1, 2);

        x.grad(Torch.tensor(5f, 6f));
        x.sum().backward();
        assertThat(x.grad().toFloatArray()).containsExactly(6, 7);
        x.grad(null);
        assertThat(x.grad()).isNull();
        assertThatThrownBy(() -> x.grad(Torch.ones(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the gradient is torch.float32[3]; torch.float32[2] is expected, like the tensor");
    }

    @Test
    void whatIsRecordedAndWhatIsNot() {
        Tensor x = leaf(1);
        Tensor y = x.exp();

        assertThat(x.isLeaf()).isTrue();
        assertThat(x.gradFunctionName()).isNull();
        assertThat(y.requiresGrad()).isTrue();
        assertThat(y.isLeaf()).isFalse();
        assertThat(y.gradFunctionName()).isEqualTo("ExpBackward0");
        assertThat(y.detach().requiresGrad()).isFalse();
        assertThat(Torch.ones(1).requiresGrad()).isFalse();
        assertThat(x.requiresGrad(false).requiresGrad()).isFalse();
    }

    @Test
    void noGradRecordsNothing() {
        Tensor x = leaf(1);

        try (GradMode off = Torch.noGrad()) {
            assertThat(Torch.isGradEnabled()).isFalse();
            assertThat(x.mul(2).requiresGrad()).isFalse();
            try (GradMode on = Torch.enableGrad()) {
                assertThat(x.mul(2).requiresGrad()).isTrue();
            }
            assertThat(Torch.isGradEnabled()).isFalse();
            x.add_(1);
        }

        assertThat(Torch.isGradEnabled()).isTrue();
        assertThat(x.toFloat()).isEqualTo(2);
    }

    @Test
    void gradModeEndsWithAnException() {
        assertThatThrownBy(() -> {
                    try (GradMode off = Torch.noGrad()) {
                        throw new IllegalStateException("out of the block");
                    }
                })
                .hasMessage("out of the block");

        assertThat(Torch.isGradEnabled()).isTrue();
    }

    @Test
    void gradModeIsTheThreadsOwn() throws InterruptedException {
        boolean[] enabled = new boolean[1];

        try (GradMode off = Torch.noGrad()) {
            Thread other = new Thread(() -> enabled[0] = Torch.isGradEnabled());
            other.start();
            other.join();
        }

        assertThat(enabled[0]).isTrue();
    }

    @Test
    void inferenceTensorsTakeNoPartInGradients() {
        Tensor x = leaf(2);
        Tensor made;

        try (GradMode inference = Torch.inferenceMode()) {
            made = x.mul(2);
            assertThat(made.requiresGrad()).isFalse();
            assertThat(made.isInference()).isTrue();
        }

        assertThat(Torch.ones(1).isInference()).isFalse();
        assertThatThrownBy(() -> x.mul(made).sum().backward())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("Inference tensors cannot be saved for backward");
    }

    @Test
    void wholeNumbersHaveNoGradients() {
        assertThatThrownBy(() -> Torch.tensor(1L, 2L).requiresGrad_())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("floating point");
        assertThatThrownBy(() -> Torch.tensor(true).requiresGrad(true)).isInstanceOf(TorchException.class);
    }

    @Test
    void leavesAreNotChangedInPlace() {
        assertThatThrownBy(() -> leaf(1).add_(1))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("leaf Variable that requires grad is being used in an in-place operation");
    }

    @Test
    void complexGradients() {
        Tensor z = Torch.tensor(Scalar.complex(3, 4)).requiresGrad_();

        z.abs().backward();

        assertThat(z.grad().item().real()).isEqualTo(0.6, within(1e-6));
        assertThat(z.grad().item().imaginary()).isEqualTo(0.8, within(1e-6));
    }
}
