package org.torchbridge.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.autograd.Expected.leaf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Dropout;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Parameter;

/** Parts of a model that are computed again for backward. */
class CheckpointTest {
    @Test
    void valuesGradientsAndRandomNumbersEqualPython() {
        Torch.manualSeed(3);
        Linear first = new Linear(4, 8);
        Linear second = new Linear(8, 3);
        Dropout dropout = new Dropout(0.5);
        Tensor x = Torch.linspace(-1, 1, 8).reshape(2, 4).detach().requiresGrad_();
        Torch.manualSeed(5);

        Tensor y = Checkpoint.checkpoint(
                t -> second.call(dropout.call(first.call(t).tanh())).sigmoid(), x);
        y.square().sum().backward();

        Expected.assertClose("checkpoint.y", y, 1e-6);
        Expected.assertClose("checkpoint.x", x.grad(), 1e-6);
        List<Parameter> parameters = List.of(first.weight, first.bias, second.weight, second.bias);
        for (int i = 0; i < parameters.size(); i++) {
            Expected.assertClose("checkpoint.parameters." + i, parameters.get(i).grad(), 1e-6);
        }
        Expected.assertClose("checkpoint.random", Torch.rand(2));
    }

    @Test
    void theSecondRunStopsWhenThereIsEnough() {
        int[] runs = new int[2];
        Tensor x = leaf(1, 2);
        Tensor y = Checkpoint.checkpoint(
                t -> {
                    runs[0]++;
                    Tensor result = t.exp().mul(2);
                    runs[1]++;
                    return result;
                },
                x);
        assertThat(runs).containsExactly(1, 1);
        y.sum().backward();
        assertThat(runs).containsExactly(2, 1);
        assertThat(x.grad().toDoubleArray()).containsExactly(2 * Math.E, 2 * Math.exp(2));
    }

    @Test
    void aRetainedGraphIsComputedAgainEachTime() {
        int[] runs = new int[1];
        Tensor x = leaf(1);
        Tensor y = Checkpoint.checkpoint(
                t -> {
                    runs[0]++;
                    return t.exp().exp().sum();
                },
                x);
        y.backward(null, true, false);
        y.backward();
        assertThat(runs[0]).isEqualTo(3);
        assertThat(x.grad().toDouble()).isEqualTo(2 * Math.exp(Math.E) * Math.E);
    }

    @Test
    void severalTensorsInsideAScopeAndNested() {
        Tensor x = leaf(1, 2);
        Tensor w = leaf(3);
        Tensor loss;
        try (Scope scope = Scope.open()) {
            Tensor between = x.mul(2);
            List<Tensor> results = Checkpoint.checkpoint(
                    inputs -> {
                        Tensor inner = Checkpoint.checkpoint(t -> t.exp().sin(), inputs.get(0));
                        return List.of(inner.mul(inputs.get(1)), inputs.get(1).square());
                    },
                    between,
                    w);
            loss = scope.keep(results.get(0).sum().add(results.get(1).sum()));
        }
        loss.backward();

        Tensor y = leaf(1, 2);
        Tensor v = leaf(3);
        y.mul(2).exp().sin().mul(v).sum().add(v.square().sum()).backward();
        assertThat(x.grad().toDoubleArray()).containsExactly(y.grad().toDoubleArray());
        assertThat(w.grad().toDoubleArray()).containsExactly(v.grad().toDoubleArray());
    }

    @Test
    void gradientsOfGradients() {
        Tensor x = leaf(0.5);
        Tensor y = Checkpoint.checkpoint(t -> t.pow(3).sum(), x);
        Tensor first = Autograd.grad(
                        List.of(y), List.of(x), GradOptions.options().createGraph(true))
                .get(0);
        assertThat(first.toDouble()).isEqualTo(0.75);
    }

    @Test
    void autocastIsTheSameInTheSecondRun() {
        List<DType> types = new ArrayList<>();
        Tensor w = Torch.ones(2, 2).requiresGrad_();
        Tensor y;
        try (Autocast autocast = Autocast.open(Device.Type.CPU)) {
            y = Checkpoint.checkpoint(
                    t -> {
                        Tensor product = t.matmul(w);
                        types.add(product.dtype());
                        return product.exp().sum();
                    },
                    Torch.ones(2, 2));
        }
        y.backward();
        assertThat(types).containsExactly(DType.BFLOAT16, DType.BFLOAT16);
        assertThat(w.grad().dtype()).isEqualTo(DType.FLOAT32);
    }

    @Test
    void aFunctionThatDoesSomethingElseIsRefused() {
        int[] runs = new int[1];
        Tensor less = Checkpoint.checkpoint(t -> runs[0]++ == 0 ? t.exp().exp() : t.exp(), leaf(1));
        assertThatThrownBy(() -> less.sum().backward())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("saved 2 tensors when it ran first and 1 when it ran again");
        runs[0] = 0;
        Tensor other = Checkpoint.checkpoint(
                t -> runs[0]++ == 0 ? t.exp() : Torch.cat(List.of(t, t)).exp(), leaf(1));
        assertThatThrownBy(() -> other.sum().backward())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tensor 0 that the function saved was")
                .hasMessageContaining("it has to do the same both times");
        RuntimeException thrown = new RuntimeException("the second time");
        runs[0] = 0;
        Tensor failing = Checkpoint.checkpoint(
                t -> {
                    if (runs[0]++ > 0) {
                        throw thrown;
                    }
                    return t.exp();
                },
                leaf(1));
        assertThatThrownBy(() -> failing.sum().backward()).isSameAs(thrown);
    }

    @Test
    void sequencesInSegments() {
        List<Integer> runs = new ArrayList<>();
        List<UnaryOperator<Tensor>> functions = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            functions.add(t -> {
                runs.add(number);
                return t.sin();
            });
        }
        Tensor x = leaf(1);
        Checkpoint.checkpointSequential(functions, 2, x).sum().backward();
        assertThat(runs).containsExactly(0, 1, 2, 3, 4, 0, 1);

        Tensor y = leaf(1);
        y.sin().sin().sin().sin().sin().sum().backward();
        assertThat(x.grad().toDouble()).isEqualTo(y.grad().toDouble());
        assertThatThrownBy(() -> Checkpoint.checkpointSequential(functions, 6, x))
                .hasMessage("segments is 6; 1 to 5 are possible, the number of functions");
    }

    @Test
    void lessMemoryIsHeldUntilBackward() {
        Tensor x = Torch.ones(100_000).requiresGrad_();
        assertThat(held(x, CheckpointTest::deep)).isGreaterThan(19 * 400_000);
        assertThat(held(x, t -> Checkpoint.checkpoint(CheckpointTest::deep, t))).isLessThan(4 * 400_000);
    }

    /** Bytes between forward and backward. */
    private static long held(Tensor x, UnaryOperator<Tensor> function) {
        long before = Torch.memory().bytes();
        try (Scope scope = Scope.open()) {
            Tensor y = function.apply(x);
            long held = Torch.memory().bytes() - before;
            y.sum().backward();
            return held;
        }
    }

    private static Tensor deep(Tensor input) {
        return Scope.call(() -> {
            Tensor t = input;
            for (int i = 0; i < 20; i++) {
                t = t.sin();
            }
            return t;
        });
    }
}
