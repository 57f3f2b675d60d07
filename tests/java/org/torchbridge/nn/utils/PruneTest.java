package org.torchbridge.nn.utils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;
import org.torchbridge.optim.SGD;
import org.torchbridge.testing.PythonOracle;

class PruneTest {
    private final Linear linear = new Linear(3, 4);
    private final Parameter weight = linear.weight;

    record EverySecond() implements PruningMethod {
        @Override
        public Type type() {
            return Type.UNSTRUCTURED;
        }

        @Override
        public Tensor computeMask(Tensor t, Tensor defaultMask) {
            Tensor mask = defaultMask.clone();
            mask.get("::2").zero_();
            return mask;
        }
    }

    @Test
    void whatIsPrunedStaysZero() {
        Prune.l1Unstructured(linear, "weight", 5);
        assertThat(linear.stateDict().keySet()).containsExactly("bias", "weight_orig", "weight_mask");
        assertThat(linear.getParameter("weight_orig")).isSameAs(weight);
        assertThat(zeros(linear.weight.tensor())).isEqualTo(5);
        SGD optimizer = new SGD(linear.parameters(), 0.1);
        for (int i = 0; i < 3; i++) {
            linear.call(Torch.randn(2, 3)).sum().backward();
            optimizer.step();
        }
        assertThat(zeros(linear.weight.tensor())).isEqualTo(5);
        assertThat(zeros(weight.tensor())).isZero();
        Prune.remove(linear, "weight");
        assertThat(linear.weight).isSameAs(weight);
        assertThat(zeros(weight.tensor())).isEqualTo(5);
        assertThat(linear.stateDict().keySet()).containsExactly("weight", "bias");
        assertThat(weight.tensor().isLeaf()).isTrue();
    }

    @Test
    void prunedModulesAreKnown() {
        Sequential model = new Sequential(linear, new ReLU());
        assertThat(Prune.isPruned(model)).isFalse();
        Prune.identity(linear, "bias");
        assertThat(Prune.isPruned(model)).isTrue();
        assertThat(Prune.method(linear, "bias")).isInstanceOf(Prune.Identity.class);
        Prune.randomUnstructured(linear, "bias", 1);
        Prune.randomUnstructured(linear, "bias", 0.5);
        PruningContainer container = (PruningContainer) Prune.method(linear, "bias");
        assertThat(container.size()).isEqualTo(3);
        assertThat(container).hasSize(3);
        assertThat(container.get(2)).isInstanceOf(Prune.RandomUnstructured.class);
        assertThat(zeros(linear.bias.tensor())).isEqualTo(3);
        assertThatThrownBy(() -> Prune.method(linear, "weight")).hasMessageContaining("is not pruned");
        assertThatThrownBy(() -> Prune.remove(linear, "weight"))
                .hasMessageContaining("has to be pruned before pruning can be removed");
    }

    @Test
    void ownMethodsPruneToo() {
        assertThat(new EverySecond().prune(Torch.ones(4)).toFloatArray()).containsExactly(0, 1, 0, 1);
        Linear pruned = new EverySecond().apply(new Linear(2, 6), "bias");
        assertThat(zeros(pruned.bias.tensor())).isEqualTo(3);
        // Of the three that are left, the first and the last.
        new EverySecond().apply(pruned, "bias");
        assertThat(zeros(pruned.bias.tensor())).isEqualTo(5);
    }

    @Test
    void severalParametersArePrunedAsOneLikeInPython() {
        Torch.manualSeed(7);
        Sequential model = new Sequential(new Linear(3, 4), new Linear(4, 2));
        Tensor scores = Torch.randn(2, 4);
        Linear first = (Linear) model.get(0);
        Linear second = (Linear) model.get(1);
        Prune.globalUnstructured(
                List.of(new Prune.Target(first, "weight"), new Prune.Target(second, "weight", scores)),
                new Prune.L1Unstructured(0.35));
        Prune.globalUnstructured(
                List.of(new Prune.Target(first, "weight"), new Prune.Target(first, "bias")),
                new Prune.RandomUnstructured(4));
        String python = PythonOracle.run(
                """
                import torch
                from torch import nn
                from torch.nn.utils import prune
                torch.manual_seed(7)
                model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
                scores = {(model[1], "weight"): torch.randn(2, 4)}
                both = [(model[0], "weight"), (model[1], "weight")]
                prune.global_unstructured(both, prune.L1Unstructured, scores, amount=0.35)
                own = [(model[0], "weight"), (model[0], "bias")]
                prune.global_unstructured(own, prune.RandomUnstructured, amount=4)
                for mask in [model[0].weight_mask, model[0].bias_mask, model[1].weight_mask]:
                    print(mask.int().flatten().tolist())
                """);
        StringBuilder masks = new StringBuilder();
        for (String path : List.of("0.weight_mask", "0.bias_mask", "1.weight_mask")) {
            masks.append(Arrays.toString(model.tensor(path).toIntArray())).append('\n');
        }
        assertThat(masks).hasToString(python);
        assertThatThrownBy(() -> Prune.globalUnstructured(
                        List.of(new Prune.Target(first, "weight")), new Prune.RandomStructured(1, 0)))
                .hasMessageContaining("a RandomStructured is STRUCTURED");
    }

    @Test
    void amountsAreChecked() {
        assertThatThrownBy(() -> new Prune.L1Unstructured(1.5)).hasMessageContaining("amount=1.5");
        assertThatThrownBy(() -> new Prune.RandomUnstructured(-1)).hasMessageContaining("amount=-1");
        assertThatThrownBy(() -> Prune.l1Unstructured(linear, "bias", 5))
                .hasMessage("amount=5 should be smaller than the number of parameters to prune=4");
        assertThat(linear.computed()).isEmpty();
        assertThat(linear.stateDict()).containsOnlyKeys("weight", "bias");
        assertThatThrownBy(() -> Prune.lnStructured(linear, "bias", 1, 2, 0)).hasMessageContaining("multidimensional");
        assertThatThrownBy(() -> Prune.lnStructured(linear, "weight", 1, 2, 2)).hasMessageContaining("Invalid index 2");
        assertThatThrownBy(() -> Prune.l1Unstructured(linear, "bias", 1, Torch.ones(3)))
                .hasMessageContaining("[3]; that of 'bias' is expected: [4]");
        assertThatThrownBy(() -> Prune.customFromMask(linear, "bias", Torch.ones(3)))
                .hasMessageContaining("the mask has the shape [3]");
    }

    private static long zeros(Tensor tensor) {
        return tensor.eq(0).sum().toLong();
    }
}
