package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.testing.PythonOracle;

class DeepCopyTest {
    private enum Mode {
        FAST
    }

    private record Settings(int size) {}

    private static class Base extends Layer {
        private final Linear first = new Linear(2, 3);

        @Override
        public Tensor forward(Tensor input) {
            return first.call(input);
        }

        Linear first() {
            return first;
        }
    }

    private static final class Model extends Base {
        final Embedding embedding = new Embedding(4, 3);
        final Linear decoder = new Linear(3, 4, false);
        final Buffer mean = new Buffer(Torch.ones(2), false);
        final ModuleDict<Layer> heads = new ModuleDict<>(Map.of("a", new ReLU()));
        final Linear again = decoder;
        final Inner inner = new Inner();
        final int[] sizes = {1, 2};
        final String[][] labels = {{"x"}};
        final List<String> names = new ArrayList<>(List.of("x"));
        final Map<Mode, Integer> counts = new EnumMap<>(Map.of(Mode.FAST, 1));
        final Settings settings = new Settings(3);
        final Mode mode = Mode.FAST;
        final Tensor constant = Torch.ones(2);
        final Object shared = new Object();
        final UnaryOperator<Tensor> closure = input -> decoder.call(input);
        transient List<Layer> order = List.of(first(), decoder);
        Tensor history;

        Model() {
            decoder.weight = embedding.weight;
        }

        final class Inner extends Identity {
            Model outer() {
                return Model.this;
            }
        }
    }

    private final Model model = new Model();
    private final Model copy = model.deepCopy();

    @Test
    void aCopyHasItsOwnValues() {
        assertThat(copy.stateDict().keySet()).isEqualTo(model.stateDict().keySet());
        copy.first().weight.tensor().detach().zero_();
        copy.mean.tensor().zero_();
        assertThat(model.first().weight.tensor().toFloatArray()).doesNotContain(0);
        assertThat(model.mean.tensor().toFloatArray()).containsOnly(1);
        assertThat(copy.mean.isPersistent()).isFalse();
        assertThat(copy.embedding.weight.tensor().toFloatArray())
                .isEqualTo(model.embedding.weight.tensor().toFloatArray());
    }

    @Test
    void whatIsSharedIsSharedInTheCopy() {
        assertThat(copy.decoder.weight).isSameAs(copy.embedding.weight).isNotSameAs(model.decoder.weight);
        assertThat(copy.again).isSameAs(copy.decoder).isNotSameAs(model.decoder);
        assertThat(copy.parameters()).hasSameSizeAs(model.parameters());
    }

    @Test
    void fieldsThatAreNoChildrenAreCopiedIfTheyCanChange() {
        copy.sizes[0] = 9;
        copy.labels[0][0] = "y";
        copy.names.add("y");
        copy.counts.put(Mode.FAST, 2);
        copy.constant.zero_();
        assertThat(model.sizes).containsExactly(1, 2);
        assertThat(model.labels[0]).containsExactly("x");
        assertThat(model.names).containsExactly("x");
        assertThat(model.counts).containsEntry(Mode.FAST, 1);
        assertThat(model.constant.toFloatArray()).containsOnly(1);
        assertThat(copy.settings).isSameAs(model.settings);
        assertThat(copy.shared).isSameAs(model.shared);
        assertThat(copy.mode).isSameAs(Mode.FAST);
    }

    @Test
    void whatRefersToTheOriginalRefersToTheCopy() {
        assertThat(copy.inner.outer()).isSameAs(copy);
        assertThat(copy.order).containsExactly(copy.first(), copy.decoder);
        assertThat(model.inner.<Model.Inner>deepCopy().outer()).isSameAs(model);
    }

    @Test
    void aLambdaKeepsWhatItCaptured() {
        model.decoder.weight.tensor().detach().zero_();
        assertThat(copy.closure.apply(Torch.ones(1, 3)).toFloatArray()).containsOnly(0);
        assertThat(copy.decoder.call(Torch.ones(1, 3)).toFloatArray()).doesNotContain(0);
    }

    @Test
    void modesAndFrozenParametersAreKept() {
        model.eval();
        model.first().requiresGrad(false);
        model.to(DType.FLOAT64);
        Model again = model.deepCopy();
        assertThat(again.modules()).noneMatch(Module::isTraining);
        assertThat(again.first().weight.requiresGrad()).isFalse();
        assertThat(again.decoder.weight.requiresGrad()).isTrue();
        assertThat(again.first().weight.tensor().dtype()).isEqualTo(DType.FLOAT64);
    }

    @Test
    void hooksAreCopiedAndRemovedOnTheirOwn() {
        List<Module> seen = new ArrayList<>();
        Module.ForwardHook hook = (self, inputs, output) -> {
            seen.add(self);
            return null;
        };
        RemovableHandle handle = model.decoder.registerForwardHook(hook);
        Model again = model.deepCopy();
        handle.remove();
        model.decoder.call(Torch.ones(1, 3));
        again.decoder.call(Torch.ones(1, 3));
        assertThat(seen).containsExactly(again.decoder);
        again.decoder.removeHook(hook);
        again.decoder.call(Torch.ones(1, 3));
        assertThat(seen).hasSize(1);
    }

    @Test
    void gradientsAreNotCopiedAsInPython() {
        model.decoder.call(Torch.ones(1, 3)).sum().backward();
        assertThat(model.decoder.weight.grad()).isNotNull();
        assertThat(model.<Model>deepCopy().decoder.weight.grad()).isNull();
        assertThat(PythonOracle.run(
                        "import torch, copy; m = torch.nn.Linear(2, 2); m(torch.ones(1, 2)).sum().backward();"
                                + " print(copy.deepcopy(m).weight.grad)"))
                .isEqualTo("None\n");
    }

    @Test
    void aTensorWithAHistoryIsAnError() {
        model.history = model.decoder.call(Torch.ones(1, 3));
        assertThatThrownBy(model::deepCopy)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Backward")
                .hasMessageContaining("detach()");
    }

    @Test
    void aCopyOutlivesTheScopeItIsMadeIn() {
        Model made = Scope.call(() -> model.deepCopy());
        assertThat(made.constant.toFloatArray()).containsOnly(1);
        assertThat(made.decoder.call(Torch.ones(1, 3)).shape()).containsExactly(1, 4);
    }

    @Test
    void aCopyLearnsOnItsOwn() {
        Sequential net = new Sequential(new Linear(2, 3), new BatchNorm1d(3), new Dropout(0.5));
        Sequential other = net.deepCopy();
        Torch.manualSeed(3);
        Tensor x = Torch.randn(4, 2);
        Torch.manualSeed(3);
        float[] expected = net.call(x).toFloatArray();
        Torch.manualSeed(3);
        assertThat(other.call(x).toFloatArray()).isEqualTo(expected);
        assertThat(other.stateDict().get("1.num_batches_tracked").toLong()).isEqualTo(1);
        net.call(x);
        assertThat(other.stateDict().get("1.num_batches_tracked").toLong()).isEqualTo(1);
        assertThat(other).hasToString(net.toString());
    }

    @Test
    void immutableCollectionsAreRebuiltOnlyIfNeeded() {
        class Holder extends Identity {
            final List<TimeUnit> units = List.of(TimeUnit.DAYS);
            final Map<String, int[]> arrays = Map.of("a", new int[] {1});
            final Map<String, Object> mutable = new HashMap<>(Map.of("b", new int[] {2}));
        }
        Holder holder = new Holder();
        Holder other = holder.deepCopy();
        assertThat(other.units).isSameAs(holder.units);
        assertThat(other.arrays.get("a")).isNotSameAs(holder.arrays.get("a")).containsExactly(1);
        assertThat(other.mutable.get("b")).isNotSameAs(holder.mutable.get("b"));
    }
}
