package org.torchbridge.nn.utils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Identity;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.MSELoss;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.Sequential;

class ParametrizeTest {
    private final Linear linear = new Linear(3, 3);
    private final Parameter weight = linear.weight;
    private int computations;

    private final class Symmetric extends Layer {
        @Override
        public Tensor forward(Tensor x) {
            computations++;
            return x.triu().add(x.triu(1).t());
        }
    }

    private static final class Exponential extends Layer implements RightInverse {
        @Override
        public Tensor forward(Tensor x) {
            return x.exp();
        }

        @Override
        public Tensor rightInverse(Tensor value) {
            return value.log();
        }
    }

    private static final class RankOne extends Parametrization {
        @Override
        public Tensor forward(List<Tensor> originals) {
            return originals.get(0).unsqueeze(-1).mul(originals.get(1).unsqueeze(-2));
        }

        @Override
        public List<Tensor> rightInverse(Tensor value) {
            return List.of(value.norm(2, 1), value.mean(0));
        }
    }

    @Test
    void theLayerSeesTheComputedWeight() {
        Parametrize.registerParametrization(linear, "weight", new Symmetric());
        assertThat(linear.weight.tensor().equal(linear.weight.tensor().t())).isTrue();
        assertThat(linear.getParameter("parametrizations.weight.original")).isSameAs(weight);
        assertThat(linear.stateDict().keySet()).containsExactly("bias", "parametrizations.weight.original");
        assertThat(Parametrize.isParametrized(linear)).isTrue();
        assertThat(Parametrize.isParametrized(linear, "weight")).isTrue();
        assertThat(Parametrize.isParametrized(linear, "bias")).isFalse();
        assertThat(linear.toString()).startsWith("ParametrizedLinear(\n  in_features=3");
        linear.call(Torch.ones(1, 3)).sum().backward();
        assertThat(weight.grad().get("1, 0").toDouble()).isZero();
        assertThat(weight.grad().get("0, 1").toDouble()).isEqualTo(2);
    }

    @Test
    void aSharedParameterIsParametrizedWhereItIsAsked() {
        Linear other = new Linear(3, 3);
        other.weight = linear.weight;
        Parametrize.registerParametrization(linear, "weight", new Symmetric());
        assertThat(other.weight).isSameAs(weight);
        assertThat(new Sequential(linear, other).parameters()).hasSize(3);
    }

    @Test
    void whatIsLearnedBeginsAtTheRightInverse() {
        weight.requiresGrad(false).tensor().abs_();
        float[] before = weight.tensor().toFloatArray();
        weight.requiresGrad(true);
        Parametrize.registerParametrization(linear, "weight", new Exponential());
        assertThat(weight.tensor().get("0, 0").toFloat()).isNegative();
        assertThat(linear.weight.tensor().toFloatArray())
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(before);
        Parametrize.parametrizations(linear, "weight").rightInverse(Torch.ones(3, 3));
        assertThat(weight.tensor().toFloatArray()).containsOnly(0);
        assertThat(weight.requiresGrad()).isTrue();
    }

    @Test
    void assigningNeedsARightInverse() {
        Parametrize.registerParametrization(linear, "weight", new Symmetric());
        assertThatThrownBy(() -> Parametrize.parametrizations(linear, "weight").rightInverse(Torch.ones(3, 3)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("parametrization Symmetric does not implement RightInverse");
    }

    @Test
    void severalTensorsCanMakeOne() {
        Parametrize.registerParametrization(linear, "weight", new RankOne());
        assertThat(linear.stateDict().keySet())
                .containsExactly("bias", "parametrizations.weight.original0", "parametrizations.weight.original1");
        assertThat(linear.weight.tensor().shape()).containsExactly(3, 3);
        Parametrize.parametrizations(linear, "weight").rightInverse(Torch.ones(3, 3));
        assertThat(linear.tensor("parametrizations.weight.original1").toFloatArray())
                .containsOnly(1);
        float[] value = linear.weight.tensor().toFloatArray();
        assertThatThrownBy(() -> Parametrize.removeParametrizations(linear, "weight", false))
                .hasMessageContaining("leaveParametrized has to be true");
        Parametrize.removeParametrizations(linear, "weight");
        assertThat(linear.weight.tensor().toFloatArray()).isEqualTo(value);
        assertThat(linear.stateDict().keySet()).containsExactly("weight", "bias");
        assertThat(linear.toString()).startsWith("Linear(");
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> Parametrize.registerParametrization(linear, "bias", new Symmetric()))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> Parametrize.registerParametrization(linear, "x", new Symmetric()))
                .hasMessageContaining("no parameter or buffer 'x'");
        assertThatThrownBy(() -> Parametrize.registerParametrization(linear, "weight", new MSELoss()))
                .hasMessageContaining("cannot parametrize 'weight'; a Layer or a Parametrization is expected");
        Layer wider = new Identity() {
            @Override
            public Tensor forward(Tensor x) {
                return x.repeat(1, 2);
            }
        };
        assertThatThrownBy(() -> Parametrize.registerParametrization(linear, "weight", wider))
                .hasMessageContaining("may not change the shape of the parameter: it made [3, 6] of [3, 3]");
        assertThat(linear.weight).isSameAs(weight);
        Layer doubled = new Identity() {
            @Override
            public Tensor forward(Tensor x) {
                return x.to(DType.FLOAT64);
            }
        };
        assertThatThrownBy(() -> Parametrize.registerParametrization(linear, "weight", doubled))
                .hasMessageContaining("torch.float64 of torch.float32");
        Parametrize.registerParametrization(linear, "weight", wider, true);
        assertThat(linear.weight.tensor().shape()).containsExactly(3, 6);
        assertThatThrownBy(() -> Parametrize.removeParametrizations(linear, "bias"))
                .hasMessageContaining("does not have a parametrization on bias");
    }

    @Test
    void aBlockComputesEachParameterOnce() {
        Parametrize.registerParametrization(linear, "weight", new Symmetric());
        computations = 0;
        try (var cache = Parametrize.cached()) {
            Tensor first = linear.weight.tensor();
            Scope.run(() -> linear.call(Torch.ones(1, 3)));
            try (var inner = Parametrize.cached()) {
                assertThat(linear.weight.tensor()).isSameAs(first);
            }
            assertThat(linear.weight.tensor()).isSameAs(first);
        }
        assertThat(computations).isEqualTo(1);
        linear.weight.tensor();
        assertThat(computations).isEqualTo(2);
    }

    @Test
    void parametrizationsAreTransferredWithWhatIsLearned() {
        Parametrize.registerParametrization(linear, "weight", new Exponential());
        Parametrize.registerParametrization(linear, "bias", new TwoParts());
        Linear other = Parametrize.transferParametrizationsAndParams(linear, new Linear(3, 3));
        assertThat(other.getParameter("parametrizations.weight.original")).isSameAs(weight);
        assertThat(other.weight.tensor().toFloatArray())
                .isEqualTo(linear.weight.tensor().toFloatArray());
        assertThat(other.stateDict().keySet()).isEqualTo(linear.stateDict().keySet());
        Identity without = Parametrize.transferParametrizationsAndParams(linear, new Identity(), "weight");
        assertThat(without.tensor("weight").shape()).containsExactly(3, 3);
        assertThat(Parametrize.transferParametrizationsAndParams(new Linear(2, 2), other))
                .isSameAs(other);
    }

    /** Learns the same in two parts. */
    private static final class TwoParts extends Parametrization {
        @Override
        public Tensor forward(List<Tensor> originals) {
            return originals.get(0).add(originals.get(1));
        }

        @Override
        public List<Tensor> rightInverse(Tensor value) {
            return List.of(value, Torch.zerosLike(value));
        }
    }

    @Test
    void aCopyIsParametrizedOnItsOwn() {
        Parametrizations.orthogonal(linear);
        Linear copy = linear.deepCopy();
        assertThat(copy.weight.tensor().toFloatArray())
                .isEqualTo(linear.weight.tensor().toFloatArray());
        copy.getParameter("parametrizations.weight.original").tensor().detach().normal_();
        assertThat(copy.weight.tensor().toFloatArray())
                .isNotEqualTo(linear.weight.tensor().toFloatArray());
        assertThat(copy).hasToString(linear.toString());
        Linear normed = SpectralNorm.spectralNorm(new Linear(3, 2)).deepCopy();
        SpectralNorm.removeSpectralNorm(normed);
        normed.call(Torch.ones(1, 3));
        assertThat(normed.stateDict()).containsOnlyKeys("weight", "bias");
    }

    @Test
    void aParametrizedStateIsLoaded() {
        Linear source = Parametrizations.spectralNorm(new Linear(3, 3));
        Linear target = Parametrizations.spectralNorm(new Linear(3, 3));
        target.loadStateDict(source.stateDict());
        source.eval();
        target.eval();
        assertThat(target.weight.tensor().toFloatArray())
                .isEqualTo(source.weight.tensor().toFloatArray());
    }

    @Test
    void oldStatesOfWeightNormAreLoaded() {
        Linear old = WeightNorm.weightNorm(new Linear(3, 2));
        StateDict state = new Sequential(old).stateDict();
        assertThat(state.keySet()).containsExactly("0.bias", "0.weight_g", "0.weight_v");
        Linear now = Parametrizations.weightNorm(new Linear(3, 2));
        new Sequential(now).loadStateDict(state);
        assertThat(now.weight.tensor().toFloatArray())
                .isEqualTo(old.weight.tensor().toFloatArray());
    }

    @Test
    void anOrthogonalParameterStaysSoAndIsAssigned() {
        for (long[] size : new long[][] {{3, 3}, {5, 3}, {3, 5}}) {
            for (var map : Parametrizations.OrthogonalMap.values()) {
                Linear layer = new Linear(size[1], size[0]);
                Parametrizations.orthogonal(layer, "weight", map, true);
                Tensor value = layer.weight.tensor();
                Tensor tall = size[0] < size[1] ? value.t() : value;
                assertThat(tall.t().matmul(tall).allclose(Torch.eye(3), 1e-5, 1e-5))
                        .isTrue();
                Tensor identity = Torch.eye(size[0], size[1]);
                Parametrize.parametrizations(layer, "weight").rightInverse(identity);
                assertThat(layer.weight.tensor().allclose(identity, 1e-5, 1e-5)).isTrue();
            }
        }
        assertThatThrownBy(() -> Parametrizations.orthogonal(new Linear(2, 2), "bias"))
                .hasMessage("Expected a matrix or batch of matrices. Got a tensor of 1 dimensions.");
    }

    @Test
    void normsAreRegisteredOnce() {
        WeightNorm.weightNorm(linear);
        assertThatThrownBy(() -> WeightNorm.weightNorm(linear)).hasMessageContaining("has a weight norm already");
        assertThatThrownBy(() -> SpectralNorm.removeSpectralNorm(linear))
                .hasMessageStartingWith("spectral_norm of 'weight' not found in Linear(");
        Linear other = SpectralNorm.spectralNorm(new Linear(2, 2));
        assertThatThrownBy(() -> SpectralNorm.spectralNorm(other)).hasMessageContaining("has a spectral norm already");
        assertThatThrownBy(() -> WeightNorm.removeWeightNorm(other)).hasMessageStartingWith("weight_norm of 'weight'");
        assertThatThrownBy(() -> SpectralNorm.spectralNorm(new Linear(2, 2), "weight", 0, 1e-12, null))
                .hasMessageContaining("n_power_iterations=0");
    }
}
