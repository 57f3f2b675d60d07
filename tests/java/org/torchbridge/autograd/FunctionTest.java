package org.torchbridge.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.autograd.Expected.leaf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.ThreadMode;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;

/** Functions whose derivative is Java's. */
class FunctionTest {
    static final class MulExp extends Function {
        private final double factor;

        MulExp(double factor) {
            this.factor = factor;
        }

        @Override
        protected List<Tensor> forward(Context context, List<Tensor> inputs) {
            Tensor x = inputs.get(0);
            Tensor w = inputs.get(1);
            Tensor exp = x.exp();
            context.saveForBackward(x, w, exp);
            return List.of(x.mul(w).mul(factor), exp);
        }

        @Override
        protected List<Tensor> backward(Context context, List<Tensor> gradients) {
            Tensor x = context.savedTensors().get(0);
            Tensor w = context.savedTensors().get(1);
            Tensor exp = context.savedTensors().get(2);
            Tensor scaled = gradients.get(0).mul(factor);
            return List.of(
                    scaled.mul(w).add(gradients.get(1).mul(exp)),
                    scaled.mul(x).sum().reshape(1));
        }
    }

    /** The identity, with three times its derivative. */
    static class Scaled extends UnaryFunction {
        @Override
        protected Tensor forward(Context context, Tensor input) {
            return input.clone();
        }

        @Override
        protected Tensor backward(Context context, Tensor gradient) {
            return gradient.mul(3);
        }
    }

    @FunctionalInterface
    interface Forward {
        List<Tensor> run(Context context, List<Tensor> inputs);
    }

    /** A function of lambdas. */
    static Function function(Forward forward, Forward backward) {
        return new Function() {
            @Override
            protected List<Tensor> forward(Context context, List<Tensor> inputs) {
                return forward.run(context, inputs);
            }

            @Override
            protected List<Tensor> backward(Context context, List<Tensor> gradients) {
                return backward.run(context, gradients);
            }
        };
    }

    @Test
    void severalInputsAndOutputsEqualPython() {
        Tensor x = leaf(0.5, 1.5);
        Tensor w = leaf(3);
        List<Tensor> result = new MulExp(2).apply(x, w);
        Tensor a = result.get(0);
        Tensor b = result.get(1);

        assertThat(a.gradFunctionName()).isEqualTo(Expected.text("function.name"));
        a.sum().add(b.mul(b).sum()).backward();

        Expected.assertClose("function.a", a);
        Expected.assertClose("function.b", b);
        Expected.assertClose("function.x", x.grad());
        Expected.assertClose("function.w", w.grad());
        assertThat(a.toString()).endsWith("grad_fn=<MulExpBackward>)");
    }

    @Test
    void gradientsOfGradientsEqualPython() {
        Tensor x = leaf(0.5, 1.5);
        Tensor w = leaf(3);
        List<Tensor> result = new MulExp(2).apply(x, w);

        List<Tensor> first = Autograd.grad(
                List.of(result.get(0).mul(result.get(1)).sum()),
                List.of(x, w),
                GradOptions.options().createGraph(true));
        List<Tensor> second = Torch.grad(
                List.of(first.get(0).square().sum().add(first.get(1).square().sum())), List.of(x, w));

        Expected.assertAllClose("function.twice", second);
        assertThat(GradCheck.gradcheck(inputs -> new MulExp(2).apply(inputs), List.of(x, w)))
                .isTrue();
        assertThat(GradCheck.gradgradcheck(inputs -> new MulExp(2).apply(inputs), List.of(x, w), GradCheck.options()))
                .isTrue();
    }

    @Test
    void oneTensorAsBothInputs() {
        Tensor x = leaf(0.5, 1.5);
        Tensor a = new MulExp(2).apply(x, x.sum().reshape(1)).get(0);
        Expected.assertClose(
                "function.same.0", Torch.grad(List.of(a.sum()), List.of(x)).get(0));

        Tensor y = leaf(2);
        new MulExp(1).apply(y, y).get(0).sum().backward();
        assertThat(y.grad().toDouble()).isEqualTo(4);
    }

    @Test
    void forwardIsNotRecordedAndItsValuesAreUnchanged() {
        Tensor x = Torch.tensor(1f, Float.POSITIVE_INFINITY, Float.NaN, -0f).requiresGrad_();
        Tensor y = function(
                        (context, inputs) -> {
                            assertThat(Torch.isGradEnabled()).isFalse();
                            return List.of(inputs.get(0).mul(2));
                        },
                        (context, gradients) -> List.of(gradients.get(0).mul(2)))
                .apply(x)
                .get(0);
        y.sum().backward();

        assertThat(y.toFloatArray()).containsExactly(2f, Float.POSITIVE_INFINITY, Float.NaN, -0f);
        assertThat(x.grad().toFloatArray()).containsExactly(2, 2, 2, 2);
        assertThat(Torch.isGradEnabled()).isTrue();
    }

    @Test
    void nothingIsRecordedWhereNoGradientIsNeeded() {
        assertThat(new Scaled().apply(Torch.ones(2)).requiresGrad()).isFalse();
        try (var off = Torch.noGrad()) {
            assertThat(new Scaled().apply(leaf(1)).requiresGrad()).isFalse();
        }
    }

    @Test
    void mixedTypesAndNullInputs() {
        Tensor x = Torch.tensor(1f, 2f).requiresGrad_();
        Tensor w = leaf(10, 20);
        Tensor index = Torch.tensor(1L, 0L);
        List<Tensor> result = function(
                        (context, inputs) -> {
                            assertThat(inputs.get(3)).isNull();
                            context.saveForBackward(inputs.get(0), null, inputs.get(2));
                            assertThat(context.needsInputGrad(0)).isTrue();
                            assertThat(context.needsInputGrad(2)).isFalse();
                            assertThat(context.needsInputGrad(3)).isFalse();
                            return List.of(
                                    inputs.get(0).to(DType.FLOAT64).mul(inputs.get(1)),
                                    inputs.get(2).add(1));
                        },
                        (context, gradients) -> {
                            assertThat(context.savedTensors().get(1)).isNull();
                            assertThat(context.savedTensors().get(2).toLongArray())
                                    .containsExactly(1, 0);
                            assertThat(gradients.get(1).dtype()).isEqualTo(DType.INT64);
                            return Arrays.asList(
                                    gradients.get(0).mul(3),
                                    gradients.get(0).mul(context.savedTensors().get(0)),
                                    null,
                                    null);
                        })
                .apply(Arrays.asList(x, w, index, null));

        assertThat(result.get(1).requiresGrad()).isFalse();
        result.get(0).sum().backward();
        assertThat(x.grad().dtype()).isEqualTo(DType.FLOAT32);
        assertThat(x.grad().toFloatArray()).containsExactly(3, 3);
        assertThat(w.grad().toDoubleArray()).containsExactly(1, 2);
    }

    @Test
    void unusedOutputsHaveZerosOrNothing() {
        for (boolean materialize : new boolean[] {true, false}) {
            List<Tensor> seen = new ArrayList<>();
            Tensor x = leaf(1, 2);
            List<Tensor> result = function(
                            (context, inputs) -> {
                                context.setMaterializeGrads(materialize);
                                return List.of(
                                        inputs.get(0).mul(2), inputs.get(0).sum());
                            },
                            (context, gradients) -> {
                                seen.add(gradients.get(1));
                                return List.of(gradients.get(0).mul(2));
                            })
                    .apply(x);
            result.get(0).sum().backward();
            if (materialize) {
                assertThat(seen.get(0).toDouble()).isZero();
                assertThat(seen.get(0).shape()).isEmpty();
            } else {
                assertThat(seen.get(0)).isNull();
            }
        }
    }

    @Test
    void outputsThatAreMarkedHaveNoGradient() {
        Tensor x = leaf(3, 1);
        List<Tensor> result = function(
                        (context, inputs) -> {
                            Tensor sorted = inputs.get(0).mul(1);
                            Tensor other = inputs.get(0).mul(2);
                            context.markNonDifferentiable(other);
                            return List.of(sorted, other);
                        },
                        (context, gradients) -> List.of(gradients.get(0)))
                .apply(x);
        assertThat(result.get(0).requiresGrad()).isTrue();
        assertThat(result.get(1).requiresGrad()).isFalse();
    }

    @Test
    void anInputMayBeAnOutput() {
        Tensor x = leaf(1, 2);
        Tensor y = function(
                        (context, inputs) -> inputs,
                        (context, gradients) -> List.of(gradients.get(0).mul(5)))
                .apply(x)
                .get(0);
        assertThat(y.isSame(x)).isFalse();
        y.sum().backward();
        assertThat(x.grad().toDoubleArray()).containsExactly(5, 5);
    }

    @Test
    void anInputMayBeChangedInPlaceIfItIsMarked() {
        Tensor x = leaf(1, 2);
        Tensor between = x.mul(1);
        Tensor y = function(
                        (context, inputs) -> {
                            context.markDirty(inputs.get(0));
                            return List.of(inputs.get(0).mul_(10));
                        },
                        (context, gradients) -> List.of(gradients.get(0).mul(10)))
                .apply(between)
                .get(0);

        assertThat(y.isSame(between)).isTrue();
        assertThat(between.gradFunctionName()).isEqualTo("FunctionBackward");
        between.sum().backward();
        assertThat(x.grad().toDoubleArray()).containsExactly(10, 10);
        assertThatThrownBy(() -> function(
                                (context, inputs) -> {
                                    context.markDirty(inputs.get(0));
                                    return List.of(inputs.get(0).mul_(10));
                                },
                                (context, gradients) -> gradients)
                        .apply(x))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("leaf Variable that requires grad");
    }

    @Test
    void aChangeInPlaceOfASavedTensorIsNoticed() {
        Tensor x = leaf(1, 2);
        Tensor y = x.mul(1);
        Tensor z = new MulExp(1).apply(y, leaf(1)).get(0);
        y.add_(1);
        assertThatThrownBy(() -> z.sum().backward())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("modified by an inplace operation");
    }

    @Test
    void aRetainedGraphIsUsedTwiceAndAnotherOnce() {
        Tensor x = leaf(1, 2);
        Tensor y = new MulExp(1).apply(x, leaf(2)).get(0).sum();
        y.backward(null, true, false);
        y.backward();
        assertThat(x.grad().toDoubleArray()).containsExactly(4, 4);
        assertThatThrownBy(y::backward)
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("backward through the graph a second time");
    }

    @Test
    void gradientsOfSomeInputsOnly() {
        Tensor x = leaf(1, 2);
        Tensor w = leaf(3);
        Tensor y = new MulExp(1).apply(x, w).get(0).sum();
        assertThat(Torch.grad(List.of(y), List.of(w)).get(0).toDouble()).isEqualTo(3);
        assertThat(x.grad()).isNull();
    }

    @Test
    void theExceptionOfBackwardComesOutAsItIs() {
        RuntimeException thrown = new RuntimeException("from backward");
        Tensor y = function((context, inputs) -> List.of(inputs.get(0).mul(2)), (context, gradients) -> {
                    throw thrown;
                })
                .apply(leaf(1))
                .get(0);
        assertThatThrownBy(() -> y.mul(2).backward()).isSameAs(thrown);
        assertThatThrownBy(() -> function(
                                (context, inputs) -> {
                                    throw thrown;
                                },
                                (context, gradients) -> gradients)
                        .apply(leaf(1)))
                .isSameAs(thrown);
        assertThat(Torch.isGradEnabled()).isTrue();
    }

    @Test
    void wrongNumbersOfResultsAreNamed() {
        Tensor y = function((context, inputs) -> List.of(inputs.get(0).mul(2)), (context, gradients) -> List.of())
                .apply(leaf(1))
                .get(0);
        assertThatThrownBy(y::backward)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("returned an incorrect number of gradients (expected 1, got 0)");
        assertThatThrownBy(() -> function((context, inputs) -> List.of(), (context, gradients) -> List.of())
                        .apply(leaf(1)))
                .hasMessageContaining("returned no tensor");
        Tensor wrong = function(
                        (context, inputs) -> List.of(inputs.get(0).mul(2)),
                        (context, gradients) -> List.of(Torch.ones(3)))
                .apply(leaf(1, 2))
                .get(0);
        assertThatThrownBy(() -> wrong.sum().backward())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("FunctionBackward returned an invalid gradient at index 0 - got [3]");
    }

    static final class Once extends Scaled {
        @Override
        protected boolean onceDifferentiable() {
            return true;
        }

        @Override
        protected Tensor backward(Context context, Tensor gradient) {
            assertThat(Torch.isGradEnabled()).isFalse();
            return super.backward(context, gradient);
        }
    }

    @Test
    void whatIsDifferentiableOnceRefusesToBeDerivedTwice() {
        Tensor x = leaf(2);
        Tensor y = new Once().apply(x.square());
        Tensor first = Autograd.grad(
                        List.of(y), List.of(x), GradOptions.options().createGraph(true))
                .get(0);
        assertThat(first.toDouble()).isEqualTo(12);

        Tensor squared = new Once().apply(x).square();
        Tensor derivative = Autograd.grad(
                        List.of(squared), List.of(x), GradOptions.options().createGraph(true))
                .get(0);
        assertThatThrownBy(derivative::backward)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("differentiate twice");
    }

    @Test
    void theContextCarriesOtherValues() {
        Tensor x = leaf(1, 2);
        Tensor y = function(
                        (context, inputs) -> {
                            context.set("scale", 7);
                            return List.of(inputs.get(0).clone());
                        },
                        (context, gradients) -> {
                            assertThatThrownBy(() -> context.get("other", String.class))
                                    .hasMessage("the context has nothing under the name 'other'");
                            return List.of(gradients.get(0).mul(context.get("scale", Integer.class)));
                        })
                .apply(x)
                .get(0);
        y.sum().backward();
        assertThat(x.grad().toDoubleArray()).containsExactly(7, 7);
    }

    @Test
    void tangentsComeFromJvp() {
        class Square extends UnaryFunction {
            @Override
            protected Tensor forward(Context context, Tensor input) {
                context.saveForBackward(input);
                return input.square();
            }

            @Override
            protected Tensor backward(Context context, Tensor gradient) {
                return gradient.mul(context.savedTensors().get(0)).mul(2);
            }

            @Override
            protected List<Tensor> jvp(Context context, List<Tensor> tangents) {
                return List.of(
                        tangents.get(0).mul(context.savedTensors().get(0)).mul(2));
            }
        }
        Tensor x = leaf(1, 2);
        assertThat(GradCheck.gradcheck(
                        inputs -> List.of(new Square().apply(inputs.get(0))),
                        List.of(x),
                        GradCheck.options().checkForwardAd(true)))
                .isTrue();
        try (ThreadMode level = ForwardAd.dualLevel()) {
            Tensor dual = ForwardAd.makeDual(Torch.ones(1), Torch.ones(1));
            assertThatThrownBy(() -> new Scaled().apply(dual))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("has no forward-mode derivative");
        }
    }

    /** Each backward runs another one, so deep that the engine goes on in a thread of its own. */
    private static Tensor nested(int depth, Tensor leaf) {
        return function((context, inputs) -> List.of(inputs.get(0).mul(1)), (context, gradients) -> {
                    if (depth > 0) {
                        try (GradMode on = Torch.enableGrad()) {
                            nested(depth - 1, leaf).backward();
                        }
                    } else if (leaf.toDouble() < 0) {
                        throw new IllegalStateException("deep down");
                    }
                    return gradients;
                })
                .apply(leaf)
                .get(0);
    }

    @Test
    void backwardsInsideBackwardsGoOnInOtherThreads() {
        Tensor x = leaf(1);
        nested(150, x).backward();
        assertThat(x.grad().toDouble()).isEqualTo(151);

        Tensor negative = leaf(-1);
        assertThatThrownBy(() -> nested(150, negative).backward())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("deep down");
    }

    @Test
    void severalThreadsDeriveAtOnce() throws InterruptedException {
        Tensor shared = new MulExp(1).apply(leaf(1, 2), leaf(2)).get(0).sum();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(new Thread(() -> {
                try {
                    for (int step = 0; step < 200; step++) {
                        Tensor x = leaf(1, 2);
                        x.registerHook(gradient -> gradient.mul(2));
                        new MulExp(1).apply(x, leaf(3)).get(0).sum().backward();
                        assertThat(x.grad().toDoubleArray()).containsExactly(6, 6);
                        shared.backward(null, true, false);
                    }
                } catch (Throwable t) {
                    failures.add(t);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void aDeepGraphIsDerivedAndFreed() {
        Tensor x = leaf(1);
        try (Scope scope = Scope.open()) {
            Tensor y = x;
            for (int i = 0; i < 20_000; i++) {
                y = new MulExp(1).apply(y, y.detach()).get(0);
            }
            y.sum().backward();
            assertThat(x.grad().toDouble()).isEqualTo(1);
        }
    }

    @Test
    void graphsOfFunctionsAreFreed() {
        Tensor x = leaf(1);
        long before = 0;
        for (int i = 0; i < 12_000; i++) {
            if (i == 2_000) {
                before = used();
            }
            try (Scope scope = Scope.open()) {
                Tensor y = new MulExp(2).apply(x, x).get(0);
                if (i % 2 == 0) {
                    y.sum().backward();
                    x.grad(null);
                }
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
}
