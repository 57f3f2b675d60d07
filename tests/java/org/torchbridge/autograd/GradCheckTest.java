package org.torchbridge.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.autograd.Expected.leaf;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Scalar;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Gradients against differences. */
class GradCheckTest {
    /** The square, with half its derivative. */
    static final class Wrong extends UnaryFunction {
        @Override
        protected Tensor forward(Context context, Tensor input) {
            context.saveForBackward(input);
            return input.square();
        }

        @Override
        protected Tensor backward(Context context, Tensor gradient) {
            return gradient.mul(context.savedTensors().get(0));
        }
    }

    @Test
    void rightGradientsPass() {
        Tensor x = leaf(0.5, 1, 2);
        Tensor y = leaf(3, -1, 0.2);
        assertThat(GradCheck.gradcheck(Tensor::sin, x)).isTrue();
        assertThat(GradCheck.gradcheck(
                        inputs -> List.of(
                                inputs.get(0).mul(inputs.get(1)), inputs.get(1).exp()),
                        List.of(x, y)))
                .isTrue();
        assertThat(GradCheck.gradgradcheck(Tensor::tanh, x)).isTrue();
        assertThat(GradCheck.gradgradcheck(
                        inputs -> List.of(inputs.get(0).mul(inputs.get(1))), List.of(x, y), GradCheck.options()))
                .isTrue();
        assertThat(GradCheck.gradcheck(
                        inputs -> List.of(inputs.get(0).mul(inputs.get(1))),
                        List.of(x, y),
                        GradCheck.options().checkForwardAd(true)))
                .isTrue();
    }

    @Test
    void wrongGradientsAreShownBesideTheDifferences() {
        assertThatThrownBy(() -> GradCheck.gradcheck(new Wrong()::apply, leaf(1, 2)))
                .isInstanceOf(GradCheckException.class)
                .hasMessage(Expected.text("gradcheck.message").replace("\\n", "\n"));
        assertThat(GradCheck.gradcheck(
                        inputs -> List.of(new Wrong().apply(inputs.get(0))),
                        List.of(leaf(1, 2)),
                        GradCheck.options().raiseException(false)))
                .isFalse();
        assertThat(GradCheck.gradcheck(
                        inputs -> List.of(new Wrong().apply(inputs.get(0))),
                        List.of(leaf(1, 2)),
                        GradCheck.options().atol(5)))
                .isTrue();
    }

    @Test
    void singlePrecisionIsTooNoisyAndNeedsAWiderStep() {
        Tensor x = Torch.tensor(1f, 2f).requiresGrad_();
        GradCheck.Options quiet = GradCheck.options().raiseException(false);
        assertThat(GradCheck.gradcheck(inputs -> List.of(inputs.get(0).pow(3)), List.of(x), quiet))
                .isFalse();
        assertThat(GradCheck.gradcheck(
                        inputs -> List.of(inputs.get(0).pow(3)),
                        List.of(x),
                        quiet.eps(1e-2).rtol(1e-2)))
                .isTrue();
    }

    @Test
    void complexInputsAndOutputs() {
        Tensor z = Torch.tensor(new Object[] {Scalar.complex(1, 2), Scalar.complex(-0.5, 1)}, DType.COMPLEX128)
                .requiresGrad_();
        assertThat(GradCheck.gradcheck(t -> t.mul(t), z)).isTrue();
        assertThat(GradCheck.gradcheck(t -> t.abs(), z)).isTrue();
        assertThat(GradCheck.gradcheck(t -> t.conj().mul(t).mul(t), z)).isTrue();
        Tensor real = leaf(0.5, 2);
        assertThat(GradCheck.gradcheck(t -> Torch.complex(t, t.square()).exp(), real))
                .isTrue();
        Expected.assertClose(
                "complex.0",
                Torch.grad(List.of(Torch.real(z.mul(z.conj()).mul(z)).sum()), List.of(z))
                        .get(0));
    }

    @Test
    void aBackwardThatDiffersFromRunToRunIsFound() {
        int[] runs = new int[1];
        Function unsteady = FunctionTest.function(
                (context, inputs) -> List.of(inputs.get(0).clone()),
                (context, gradients) -> List.of(gradients.get(0).mul(1 + 1e-9 * runs[0]++)));
        assertThatThrownBy(() -> GradCheck.gradcheck(unsteady::apply, List.of(leaf(1))))
                .isInstanceOf(GradCheckException.class)
                .hasMessageContaining("not reentrant");
        assertThat(GradCheck.gradcheck(
                        unsteady::apply, List.of(leaf(1)), GradCheck.options().nondetTol(1e-6)))
                .isTrue();
    }

    @Test
    void aBackwardThatInventsGradientsIsFound() {
        Function inventive = FunctionTest.function(
                (context, inputs) -> {
                    context.setMaterializeGrads(false);
                    return List.of(inputs.get(0).clone());
                },
                (context, gradients) -> List.of(
                        gradients.get(0) == null ? Torch.ones(new long[] {1}, DType.FLOAT64) : gradients.get(0)));
        assertThatThrownBy(() -> GradCheck.gradcheck(inventive::apply, List.of(leaf(1))))
                .isInstanceOf(GradCheckException.class)
                .hasMessageContaining("undefined output grads");
        assertThat(GradCheck.gradcheck(
                        inventive::apply, List.of(leaf(1)), GradCheck.options().checkUndefinedGrad(false)))
                .isTrue();
    }

    @Test
    void inputsThatNeedNoGradientAreRefused() {
        assertThatThrownBy(() -> GradCheck.gradcheck(Tensor::sin, Torch.ones(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none of the inputs needs a gradient");
        assertThatThrownBy(() -> GradCheck.options().checkBackwardAd(false))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
