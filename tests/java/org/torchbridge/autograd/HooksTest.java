package org.torchbridge.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.torchbridge.autograd.Expected.leaf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;

/** Java code that backward calls. */
class HooksTest {
    @Test
    void hooksChangeGradientsInTheirOrder() {
        Tensor x = leaf(1, 2, 3);
        Tensor y = x.mul(x);
        x.registerHook(gradient -> gradient.mul(10));
        x.registerHook(gradient -> gradient.add(1));
        y.registerHook(gradient -> gradient.mul(2));
        y.retainGrad();

        y.mul(3).sum().backward();

        Expected.assertClose("hooks.x", x.grad());
        Expected.assertClose("hooks.y", y.grad());
    }

    @Test
    void aHookThatReturnsNullOnlyLooks() {
        Tensor x = leaf(1, 2);
        List<double[]> seen = new ArrayList<>();
        x.registerHook(gradient -> {
            seen.add(gradient.toDoubleArray());
            return null;
        });

        x.square().sum().backward();

        assertThat(seen).containsExactly(new double[] {2, 4});
        assertThat(x.grad().toDoubleArray()).containsExactly(2, 4);
    }

    @Test
    void aRemovedHookIsNotCalled() {
        Tensor x = leaf(1);
        RemovableHandle first = x.registerHook(gradient -> gradient.mul(10));
        x.registerHook(gradient -> gradient.add(1));
        first.remove();
        first.remove();

        x.sum().backward();

        assertThat(x.grad().toDouble()).isEqualTo(2);
    }

    @Test
    void aHookMayRemoveItself() {
        Tensor x = leaf(1);
        RemovableHandle[] handle = new RemovableHandle[1];
        handle[0] = x.registerHook(gradient -> {
            handle[0].remove();
            return gradient.mul(5);
        });

        x.sum().backward();
        x.sum().backward();

        assertThat(x.grad().toDouble()).isEqualTo(6);
    }

    @Test
    void theExceptionOfAHookComesOutOfBackwardAsItIs() {
        Tensor x = leaf(1);
        IllegalStateException thrown = new IllegalStateException("from the hook");
        RemovableHandle handle = x.registerHook(gradient -> {
            throw thrown;
        });

        assertThatThrownBy(() -> x.exp().sum().backward()).isSameAs(thrown);
        assertThatThrownBy(() -> Torch.grad(List.of(x.exp().sum()), List.of(x))).isSameAs(thrown);

        handle.remove();
        x.exp().sum().backward();
        assertThat(x.grad().toDouble()).isEqualTo(Math.E);
    }

    @Test
    void aHookMayNotChangeTheShapeOrTheType() {
        Tensor x = leaf(1, 2);
        RemovableHandle handle = x.registerHook(gradient -> Torch.ones(2));
        assertThatThrownBy(() -> x.sum().backward())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("hook 'tensor hook' has changed the type of value");
        handle.remove();
        x.registerHook(gradient -> gradient.narrow(0, 0, 1).mul(2));
        assertThatThrownBy(() -> x.sum().backward())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("has changed the size of value");
    }

    @Test
    void aTensorWithoutGradientTakesNoHook() {
        assertThatThrownBy(() -> Torch.ones(2).registerHook(gradient -> null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs no gradient");
    }

    @Test
    void hooksOfOneOutputOfSeveral() {
        Tensor x = leaf(1, 2, 3, 4);
        List<Tensor> parts = x.mul(1).split(2);
        parts.get(1).registerHook(gradient -> gradient.mul(7));

        parts.get(0).sum().add(parts.get(1).sum()).backward();

        assertThat(x.grad().toDoubleArray()).containsExactly(1, 1, 7, 7);
    }

    @Test
    void hooksUnderCreateGraphAreDerivedToo() {
        Tensor x = leaf(3);
        RemovableHandle handle = x.registerHook(gradient -> gradient.mul(gradient));

        Tensor first = Autograd.grad(
                        List.of(x.square().sum()),
                        List.of(x),
                        GradOptions.options().createGraph(true))
                .get(0);
        handle.remove();

        assertThat(first.toDouble()).isEqualTo(36);
        assertThat(Torch.grad(List.of(first), List.of(x)).get(0).toDouble()).isEqualTo(24);
    }

    @Test
    void accumulatedGradientsAreSeenAndMayBeTakenAway() {
        Tensor x = leaf(1, 2);
        x.registerPostAccumulateGradHook(leaf -> {
            assertThat(leaf.isSame(x)).isTrue();
            try (var off = Torch.noGrad()) {
                leaf.sub_(leaf.grad());
            }
            leaf.grad(null);
        });

        x.square().sum().backward();

        assertThat(x.grad()).isNull();
        assertThat(x.toDoubleArray()).containsExactly(-1, -2);
    }

    @Test
    void onlyLeavesAccumulate() {
        assertThatThrownBy(() -> leaf(1).exp().registerPostAccumulateGradHook(leaf -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ExpBackward0");
    }

    @Test
    void registeringInALoopLeavesNothingBehind() {
        Tensor parameter = leaf(1);
        long before = 0;
        for (int i = 0; i < 20_000; i++) {
            if (i == 2_000) {
                before = used();
            }
            try (Scope scope = Scope.open()) {
                Tensor y = parameter.exp();
                y.registerHook(gradient -> gradient.mul(2));
                RemovableHandle handle = parameter.registerHook(gradient -> gradient.add(1));
                y.sum().backward();
                handle.remove();
                parameter.grad(null);
            }
        }
        assertThat(used() - before).isLessThan(4 << 20);
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    // ---- nodes

    @Test
    void nodesLeadFromTheResultToTheLeaves() {
        Tensor x = leaf(1, 2);
        Tensor z = x.exp().add(x).sum();
        Node sum = Node.of(z);
        Node add = sum.nextFunctions().get(0).node();

        assertThat(sum.name() + " " + add.name() + " "
                        + add.nextFunctions().stream()
                                .map(edge -> edge.node().name())
                                .collect(Collectors.joining(" ")))
                .isEqualTo(Expected.text("nodes.names"));
        assertThat(add.nextFunctions().stream()
                        .map(edge -> String.valueOf(edge.outputNr()))
                        .collect(Collectors.joining(" ")))
                .isEqualTo(Expected.text("nodes.numbers"));
        assertThat(Node.of(x)).isNull();
        assertThat(Node.of(z)).isEqualTo(sum).hasSameHashCodeAs(sum).isNotEqualTo(add);
        assertThat(sum.toString()).matches("<SumBackward0 object at 0x[0-9a-f]+>");
        assertThat(GradientEdge.of(x).node())
                .isEqualTo(add.nextFunctions().get(1).node());
        assertThat(GradientEdge.of(z)).isEqualTo(new GradientEdge(sum, 0));
    }

    @Test
    void hooksOfNodesChangeWhatTheyComputeAndGet() {
        Tensor x = leaf(1, 2);
        Tensor z = x.exp().add(x).sum();
        Node.of(z).nextFunctions().get(0).node().registerHook((computed, given) -> {
            assertThat(given).hasSize(1);
            return Arrays.asList(computed.get(0).mul(2), computed.get(1).mul(5));
        });

        z.backward(null, true, false);
        Expected.assertClose("nodes.x", x.grad());

        x.grad(null);
        RemovableHandle before =
                Node.of(z).registerPrehook(gradients -> List.of(gradients.get(0).mul(10)));
        z.backward(null, true, false);
        assertThat(x.grad().toDoubleArray()[0]).isCloseTo(10 * (2 * Math.E + 5), within(1e-12));
        before.remove();
        Node.of(z).registerPrehook(gradients -> List.of());
        assertThatThrownBy(z::backward)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a hook returned 0 gradients; 1 are expected");
    }

    // ---- hooks on several tensors

    @Test
    void aHookOnSeveralTensorsWaitsForAllThatAreReached() {
        Tensor a = leaf(1), b = leaf(2), c = leaf(3), unused = leaf(4);
        List<List<Double>> calls = new ArrayList<>();
        RemovableHandle handle = Autograd.registerMultiGradHook(
                List.of(a, b, c, unused),
                gradients -> calls.add(gradients.stream()
                        .map(each -> each == null ? null : each.toDouble())
                        .toList()
                        .subList(0, 3)));

        a.mul(b).mul(c).backward();
        assertThat(calls).containsExactly(List.of(6.0, 3.0, 2.0));

        Torch.grad(List.of(a.mul(b).mul(c)), List.of(a));
        assertThat(calls).hasSize(2);
        assertThat(calls.get(1)).containsExactly(6.0, null, null);

        handle.remove();
        a.mul(b).backward();
        assertThat(calls).hasSize(2);
    }

    @Test
    void aHookOnAnyOfSeveralIsCalledOnceEachTime() {
        Tensor a = leaf(1), b = leaf(2);
        List<Integer> calls = new ArrayList<>();
        Autograd.registerMultiGradHook(
                List.of(a, b), gradients -> calls.add(gradients.size()), Autograd.MultiGradMode.ANY);

        a.mul(b).backward();
        a.mul(b).backward();

        assertThat(calls).containsExactly(1, 1);
    }
}
