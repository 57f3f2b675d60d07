package org.torchbridge.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.autograd.Expected.leaf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.ThreadMode;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.internal.ForwardCall;
import org.torchbridge.internal.NativeModes;

/** The entry points of the engine, and its modes. */
class AutogradTest {
    // ---- backward and grad

    @Test
    void backwardOfSeveral() {
        Tensor x = leaf(1, 2);
        Tensor y = leaf(3);

        Autograd.backward(
                List.of(x.mul(y), y.square().sum()),
                Arrays.asList(Torch.tensor((Object) new double[] {1, 10}), null),
                null,
                false,
                List.of());
        assertThat(x.grad().toDoubleArray()).containsExactly(3, 30);
        assertThat(y.grad().toDouble()).isEqualTo(27);

        Autograd.backward(List.of(x.mul(y).sum()), List.of(), null, false, List.of(y));
        assertThat(x.grad().toDoubleArray()).containsExactly(3, 30);
        assertThat(y.grad().toDouble()).isEqualTo(30);

        Autograd.backward(List.of(y.sum(), y.sum()));
        assertThat(y.grad().toDouble()).isEqualTo(32);
    }

    @Test
    void gradientsWithoutConnectionAreZerosIfWanted() {
        Tensor x = leaf(1, 2);
        Tensor other = leaf(1, 2, 3);
        GradOptions options = GradOptions.options();

        assertThat(Autograd.grad(List.of(x.sum()), List.of(other), options.allowUnused(true))
                        .get(0))
                .isNull();
        assertThat(Autograd.grad(List.of(x.sum()), List.of(other), options.materializeGrads(true))
                        .get(0)
                        .toDoubleArray())
                .containsExactly(0, 0, 0);
        assertThatThrownBy(() -> options.allowUnused(false).materializeGrads(true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBatchOfGradientsIsDerivedRowByRow() {
        Tensor x = leaf(1, 2);
        Tensor y = x.square();
        List<Tensor> rows = List.of(Torch.tensor((Object) new double[][] {{1, 0}, {0, 1}, {1, 1}}));

        List<Tensor> gradients = Autograd.grad(
                List.of(y),
                List.of(x),
                GradOptions.options().gradOutputs(new ArrayList<>(rows)).isGradsBatched(true));

        assertThat(gradients.get(0).shape()).containsExactly(3, 2);
        assertThat(gradients.get(0).reshape(-1).toDoubleArray()).containsExactly(2, 0, 0, 4, 2, 4);
        assertThatThrownBy(() -> Autograd.grad(
                        List.of(y), List.of(x), GradOptions.options().isGradsBatched(true)))
                .hasMessageContaining("isGradsBatched needs gradOutputs");
    }

    @Test
    void aBlockSetsWhetherGradientsAreRecorded() {
        try (GradMode off = Torch.setGradEnabled(false)) {
            assertThat(leaf(1).mul(2).requiresGrad()).isFalse();
            try (GradMode on = Torch.setGradEnabled(true)) {
                assertThat(leaf(1).mul(2).requiresGrad()).isTrue();
            }
        }
        assertThat(Torch.isGradEnabled()).isTrue();
    }

    @Test
    void theBitsOfAThreadAreLibtorchs() {
        assertThat(NativeModes.isMultithreadingEnabled()).isTrue();
        assertThat(NativeModes.isForwardGradEnabled()).isTrue();
        try (ThreadMode off = Autograd.setMultithreadingEnabled(false)) {
            assertThat(NativeModes.isMultithreadingEnabled()).isFalse();
            assertThat(NativeModes.isForwardGradEnabled()).isTrue();
            assertThat(Torch.isGradEnabled()).isTrue();
            Tensor x = leaf(2);
            x.square().backward();
            assertThat(x.grad().toDouble()).isEqualTo(4);
        }
        assertThat(NativeModes.isMultithreadingEnabled()).isTrue();
    }

    @Test
    void aModeIsClosedByItsThread() throws InterruptedException {
        try (ThreadMode mode = Autograd.setMultithreadingEnabled(false)) {
            Throwable[] thrown = new Throwable[1];
            Thread other = new Thread(() -> {
                try {
                    mode.close();
                } catch (IllegalStateException e) {
                    thrown[0] = e;
                }
            });
            other.start();
            other.join();
            assertThat(thrown[0]).hasMessageContaining("may not close a ThreadMode");
        }
    }

    // ---- anomalies

    @Test
    void anAnomalyNamesTheFunctionAndWhereItWasCalled() {
        try (ThreadMode anomaly = Autograd.detectAnomaly()) {
            Tensor x = leaf(0);
            Tensor y = theCulprit(x);
            assertThatThrownBy(() -> y.mul(0).sum().backward())
                    .isInstanceOf(TorchException.class)
                    .hasMessage("Function 'SqrtBackward0' returned nan values in its 0th output.")
                    .satisfies(thrown -> {
                        assertThat(thrown.getSuppressed()).hasSize(1);
                        assertThat(thrown.getSuppressed()[0]).isInstanceOf(ForwardCall.class);
                        assertThat(thrown.getSuppressed()[0].getStackTrace())
                                .anyMatch(frame -> frame.getMethodName().equals("theCulprit"));
                    });
        }
        Tensor x = leaf(0);
        theCulprit(x).mul(0).sum().backward();
        assertThat(Double.isNaN(x.grad().toDoubleArray()[0])).isTrue();
        assertThat(NativeModes.isAnomalyEnabled()).isFalse();
    }

    private static Tensor theCulprit(Tensor x) {
        return x.sqrt();
    }

    @Test
    void anomaliesOfFunctionsOfJavaAreFoundToo() {
        try (ThreadMode anomaly = Autograd.detectAnomaly()) {
            Tensor y = FunctionTest.function(
                            (context, inputs) -> List.of(inputs.get(0).mul(1)),
                            (context, gradients) -> List.of(gradients.get(0).mul(Double.NaN)))
                    .apply(leaf(1))
                    .get(0);
            assertThatThrownBy(y::backward)
                    .hasMessage("Function 'FunctionBackward' returned nan values in its 0th output.");
        }
        try (ThreadMode anomaly = Autograd.setDetectAnomaly(true, false)) {
            Tensor x = leaf(0);
            theCulprit(x).mul(0).sum().backward();
        }
    }

    // ---- saved tensors

    @Test
    void savedTensorsArePackedAndUnpacked() {
        List<String> calls = new ArrayList<>();
        Tensor x = leaf(2, 3);
        Tensor y;
        try (ThreadMode hooks = Autograd.savedTensorsHooks(
                tensor -> {
                    calls.add("pack");
                    return tensor.toDoubleArray();
                },
                values -> {
                    calls.add("unpack");
                    return Torch.tensor((Object) values).mul(10);
                })) {
            y = x.exp().mul(2);
        }
        Tensor without = x.square();
        assertThat(calls).containsExactly("pack");

        y.sum().backward();
        assertThat(calls).containsExactly("pack", "unpack");
        assertThat(x.grad().toDoubleArray()).containsExactly(20 * Math.exp(2), 20 * Math.exp(3));
        without.sum().backward();
        assertThat(calls).hasSize(2);
    }

    @Test
    void innerHooksCountAndExceptionsComeOut() {
        RuntimeException thrown = new RuntimeException("from pack");
        Tensor x = leaf(2);
        try (ThreadMode outer = Autograd.<Tensor>savedTensorsHooks(
                tensor -> {
                    throw thrown;
                },
                tensor -> tensor)) {
            assertThatThrownBy(x::exp).isSameAs(thrown);
            try (ThreadMode inner = Autograd.savedTensorsHooks(tensor -> tensor, tensor -> tensor)) {
                x.exp().sum().backward();
            }
            assertThatThrownBy(x::exp).isSameAs(thrown);
        }
        assertThat(x.grad().toDouble()).isEqualTo(Math.exp(2));
    }

    @Test
    void packedTensorsOutliveTheirScope() {
        Tensor x = leaf(2);
        Tensor y;
        try (Scope scope = Scope.open();
                ThreadMode hooks = Autograd.saveOnCpu(false)) {
            y = scope.keep(x.exp().exp());
        }
        y.sum().backward();
        assertThat(x.grad().toDouble()).isEqualTo(Math.exp(2) * Math.exp(Math.exp(2)));
    }

    @Test
    void hooksOnSavedTensorsCanBeForbidden() {
        try (ThreadMode forbidden = Autograd.disableSavedTensorsHooks("not here")) {
            assertThatThrownBy(() -> Autograd.saveOnCpu(false))
                    .isInstanceOf(TorchException.class)
                    .hasMessage("not here");
        }
        try (ThreadMode hooks = Autograd.saveOnCpu(false)) {
            assertThatThrownBy(() -> Autograd.disableSavedTensorsHooks("not here"))
                    .hasMessageContaining("inside a block that has some");
        }
    }

    @Test
    void savedHooksLeaveNothingBehind() throws InterruptedException {
        Tensor x = Torch.ones(new long[] {1000}, DType.FLOAT64).requiresGrad_();
        long before = Torch.memory().bytes();
        for (int i = 0; i < 3000; i++) {
            try (Scope scope = Scope.open();
                    ThreadMode hooks = Autograd.saveOnCpu(false)) {
                Tensor y = x.exp().sum();
                if (i % 2 == 0) {
                    y.backward();
                }
            }
        }
        long grown = Long.MAX_VALUE;
        for (int i = 0; i < 50 && grown > 1 << 20; i++) {
            System.gc();
            Thread.sleep(20);
            grown = Torch.memory().bytes() - before;
        }
        assertThat(grown).isLessThan(1 << 20);
    }

    // ---- versions

    @Test
    void versionsCountChangesInPlace() {
        Tensor x = leaf(1, 2);
        Tensor y = x.mul(1);
        assertThat(y.version()).isZero();
        y.add_(1);
        assertThat(y.version()).isEqualTo(1);
        Tensor z = y.square();
        Autograd.incrementVersion(y);
        assertThat(y.version()).isEqualTo(2);
        assertThatThrownBy(() -> z.sum().backward())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("modified by an inplace operation");
    }
}
