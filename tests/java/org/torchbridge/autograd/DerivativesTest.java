package org.torchbridge.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.autograd.Expected.assertAllClose;
import static org.torchbridge.autograd.Expected.leaf;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Jacobians, Hessians and their products. */
class DerivativesTest {
    private static final Derivatives.Options OPTIONS = Derivatives.options();
    private final Tensor x = leaf(0.5, 1, 2);
    private final Tensor y = leaf(3, 4);
    private final Tensor v = Torch.tensor((Object) new double[] {1, -1, 0.5});
    private final Tensor u = Torch.tensor((Object) new double[] {2, 0.25});

    private static List<Tensor> two(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        Tensor y = inputs.get(1);
        return List.of(x.sin().outer(y), x.exp().sum().mul(y));
    }

    private static Tensor scalar(List<Tensor> inputs) {
        return inputs.get(0).pow(3).sum().mul(inputs.get(1).square()).sum();
    }

    @Test
    void jacobiansEqualPython() {
        List<List<Tensor>> jacobians = Derivatives.jacobian(DerivativesTest::two, List.of(x, y), OPTIONS);
        assertAllClose("jacobian.0", jacobians.get(0));
        assertAllClose("jacobian.1", jacobians.get(1));
        assertThat(jacobians.get(0).get(0).requiresGrad()).isFalse();
        assertThat(x.grad()).isNull();
    }

    @Test
    void hessiansEqualPython() {
        List<List<Tensor>> hessian = Derivatives.hessian(DerivativesTest::scalar, List.of(x, y), OPTIONS);
        assertAllClose("hessian.0", hessian.get(0));
        assertAllClose("hessian.1", hessian.get(1));
    }

    @Test
    void productsEqualPython() {
        List<Tensor> inputs = List.of(x, y);
        assertAllClose(
                "jvp",
                Derivatives.jvp(DerivativesTest::two, inputs, List.of(v, u), OPTIONS)
                        .derivatives());
        List<Tensor> starts = List.of(Torch.ones(3, 2).to(v.dtype()), u);
        Derivatives.Product vjp = Derivatives.vjp(DerivativesTest::two, inputs, starts, OPTIONS);
        assertAllClose("vjp", vjp.derivatives());
        assertThat(vjp.outputs().get(1).toDoubleArray())
                .containsExactly(two(inputs).get(1).detach().toDoubleArray());
        assertAllClose(
                "vhp",
                Derivatives.vhp(DerivativesTest::scalar, inputs, List.of(v, u), OPTIONS)
                        .derivatives());
        assertAllClose(
                "hvp",
                Derivatives.hvp(DerivativesTest::scalar, inputs, List.of(v, u), OPTIONS)
                        .derivatives());
    }

    @Test
    void oneTensorIsSimple() {
        assertThat(Derivatives.jacobian(Tensor::square, y).toArray()).isEqualTo(new double[][] {{6, 0}, {0, 8}});
        assertThat(Derivatives.hessian(t -> t.pow(3).sum(), y).toArray()).isEqualTo(new double[][] {{18, 0}, {0, 24}});
        assertThat(Derivatives.vjp(Tensor::square, y, u).derivatives().get(0).toDoubleArray())
                .containsExactly(12, 2);
        assertThat(Derivatives.jvp(Tensor::square, y, u).derivatives().get(0).toDoubleArray())
                .containsExactly(12, 2);
        assertThat(Derivatives.hvp(t -> t.pow(3).sum(), y, u)
                        .derivatives()
                        .get(0)
                        .toDoubleArray())
                .containsExactly(36, 6);
        assertThat(Derivatives.vhp(t -> t.pow(3).sum(), y, u)
                        .derivatives()
                        .get(0)
                        .toDoubleArray())
                .containsExactly(36, 6);
    }

    @Test
    void resultsCanBeDerivedIfWanted() {
        Tensor jacobian = Derivatives.jacobian(
                        inputs -> List.of(inputs.get(0).pow(3)), List.of(x), OPTIONS.createGraph(true))
                .get(0)
                .get(0);
        Tensor sum = jacobian.sum();
        Expected.assertClose(
                "jacobian.created", Torch.grad(List.of(sum), List.of(x)).get(0));
    }

    @Test
    void whatIsIndependentIsZeroOrRefused() {
        List<Tensor> zeros = Derivatives.jacobian(
                        inputs -> List.of(inputs.get(0).sum()), List.of(x, y), OPTIONS)
                .get(0);
        assertThat(zeros.get(1).toDoubleArray()).containsExactly(0, 0);
        assertThat(Derivatives.hessian(Tensor::sum, y).toArray()).isEqualTo(new double[2][2]);
        assertThat(Derivatives.vjp(t -> Torch.ones(2), y, Torch.ones(2))
                        .derivatives()
                        .get(0)
                        .toDoubleArray())
                .containsExactly(0, 0);
        assertThatThrownBy(() -> Derivatives.jacobian(
                        inputs -> List.of(inputs.get(0).sum()), List.of(x, y), OPTIONS.strict(true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("strict mode");
        assertThatThrownBy(
                        () -> Derivatives.jacobian(inputs -> List.of(Torch.ones(2)), List.of(y), OPTIONS.strict(true)))
                .hasMessageContaining("independent of all inputs");
    }

    @Test
    void shapesAreChecked() {
        assertThatThrownBy(() -> Derivatives.vjp(Tensor::square, y, v))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("v given to vjp has the shapes [[3]]; [[2]] are expected");
        assertThatThrownBy(() -> Derivatives.hessian(Tensor::square, y))
                .hasMessageContaining("the function given to hessian returned a tensor of shape [2]; one element");
    }
}
