package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

class LazyModuleTest {
    private final LazyLinear lazy = new LazyLinear(3);

    @Test
    void theFirstCallFindsTheSize() {
        Parameter weight = lazy.weight;
        assertThat(lazy).hasToString("LazyLinear(in_features=0, out_features=3, bias=True)");
        assertThat(lazy.hasUninitializedParams()).isTrue();
        assertThat(lazy.call(Torch.ones(4, 2)).shape()).containsExactly(4, 3);
        assertThat(lazy).hasToString("Linear(in_features=2, out_features=3, bias=True)");
        assertThat(lazy.weight).isSameAs(weight);
        assertThat(weight.tensor().shape()).containsExactly(3, 2);
        assertThat(weight.requiresGrad()).isTrue();
        assertThat(weight.toString()).startsWith("Parameter containing:\ntensor(");
        lazy.call(Torch.ones(4, 2)).sum().backward();
        assertThat(weight.grad()).isNotNull();
    }

    @Test
    void aParameterWithoutAShapeSaysSo() {
        assertThatThrownBy(() -> lazy.weight.tensor())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this parameter has no shape yet")
                .hasMessageContaining("call the module once");
        assertThat(lazy.parameters()).hasSize(2);
    }

    @Test
    void typeAndDeviceAreKept() {
        lazy.to(DType.FLOAT64);
        lazy.weight.requiresGrad(false);
        lazy.call(Torch.ones(new long[] {4, 2}, DType.FLOAT64));
        assertThat(lazy.weight.tensor().dtype()).isEqualTo(DType.FLOAT64);
        assertThat(lazy.weight.requiresGrad()).isFalse();
    }

    @Test
    void loadingGivesTheShapes() {
        Linear linear = new Linear(2, 3);
        lazy.loadStateDict(linear.stateDict());
        assertThat(lazy.hasUninitializedParams()).isFalse();
        Tensor x = Torch.randn(4, 2);
        assertThat(lazy.call(x).toFloatArray()).isEqualTo(linear.call(x).toFloatArray());
        assertThat(lazy.inFeatures()).isEqualTo(2);
    }

    @Test
    void theStateHasKeysWithoutTensorsAtFirst() {
        StateDict state = lazy.stateDict();
        assertThat(state).containsOnlyKeys("weight", "bias").containsEntry("weight", null);
        LazyLinear other = new LazyLinear(3);
        assertThat(other.loadStateDict(state).isComplete()).isTrue();
        assertThat(other.hasUninitializedParams()).isTrue();
        assertThatThrownBy(() -> new Linear(2, 3).loadStateDict(state))
                .hasMessageContaining("weight has no shape yet in the checkpoint");
    }

    @Test
    void aCopyFindsItsOwnSize() {
        LazyLinear copy = lazy.deepCopy();
        lazy.call(Torch.ones(1, 2));
        assertThat(copy.call(Torch.ones(1, 5)).shape()).containsExactly(1, 3);
        LazyLinear later = lazy.deepCopy();
        assertThat(later).hasToString("Linear(in_features=2, out_features=3, bias=True)");
        assertThat(later.weight.tensor().toFloatArray())
                .isEqualTo(lazy.weight.tensor().toFloatArray());
    }

    @Test
    void initialisationComesBeforeTheHooks() {
        List<Boolean> waiting = new ArrayList<>();
        lazy.registerForwardPreHook((module, inputs) -> {
            waiting.add(((LazyModule) module).hasUninitializedParams());
            return null;
        });
        lazy.call(Torch.ones(1, 2));
        assertThat(waiting).containsExactly(false);
    }

    @Test
    void ownLazyModulesHaveToGiveAllShapes() {
        class Scale extends Layer {
            Parameter weight = new Parameter(Torch.ones(1));
            Buffer count = new Buffer(Torch.zeros(1));

            @Override
            public Tensor forward(Tensor input) {
                return input.mul(weight.tensor());
            }
        }
        class LazyScale extends Scale implements LazyModule {
            private final boolean forgets;

            LazyScale(boolean forgets) {
                this.forgets = forgets;
                weight = new UninitializedParameter();
                count = new UninitializedBuffer(TensorOptions.of(DType.INT64));
            }

            @Override
            public void initializeParameters(List<Object> inputs) {
                ((UninitializedParameter) weight).materialize(((Tensor) inputs.get(0)).size(-1));
                Init.ones_(weight.tensor());
                if (!forgets) {
                    ((UninitializedBuffer) count).materialize();
                }
            }
        }
        LazyScale scale = new LazyScale(false);
        assertThat(scale.call(Torch.ones(2)).toFloatArray()).containsExactly(1, 1);
        assertThat(scale.count.tensor().dtype()).isEqualTo(DType.INT64);
        assertThat(scale).hasToString("Scale()");
        assertThatThrownBy(() -> new LazyScale(true).call(Torch.ones(2)))
                .hasMessageContaining("LazyScale")
                .hasMessageContaining("expected to call materialize on all of them");
    }
}
