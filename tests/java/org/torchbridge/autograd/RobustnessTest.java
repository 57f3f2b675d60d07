package org.torchbridge.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.autograd.Expected.leaf;
import static org.torchbridge.autograd.FunctionTest.function;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.GradMode;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.ThreadMode;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.internal.ForwardCall;
import org.torchbridge.internal.NativeModes;
import org.torchbridge.nn.Linear;

/** Java code that does what it should not while libtorch calls it: an exception comes out, and nothing else happens. */
@Timeout(120)
class RobustnessTest {
    private static Function failing(Throwable thrown) {
        return function((context, inputs) -> List.of(inputs.get(0).mul(1)), (context, gradients) -> raise(thrown));
    }

    @SuppressWarnings("unchecked")
    private static <T, E extends Throwable> T raise(Throwable thrown) throws E {
        throw (E) thrown;
    }

    private static <T> List<T> inThreads(int count, Callable<T> body) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> each : threads.invokeAll(Collections.nCopies(count, body))) {
                results.add(each.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    // ---- hooks

    @Test
    void aHookMayAddHooksToOtherOutputsOfItsNode() {
        Tensor x = Torch.ones(new long[] {64}, DType.FLOAT64).requiresGrad_();
        List<Tensor> parts = x.mul(1).split(1);
        AtomicInteger calls = new AtomicInteger();
        RemovableHandle[] adding = new RemovableHandle[1];
        adding[0] = parts.get(0).registerHook(gradient -> {
            adding[0].remove();
            for (Tensor part : parts) {
                part.registerHook(other -> {
                    calls.incrementAndGet();
                    return null;
                });
            }
            System.gc();
            return null;
        });
        Tensor sum = Torch.cat(parts).sum();

        sum.backward(null, true, false);
        assertThat(calls).hasValue(0);
        sum.backward();
        assertThat(calls).hasValue(64);
    }

    @Test
    void threadsMayAddHooksToOneLeafAtOnce() throws Exception {
        for (int round = 0; round < 50; round++) {
            Tensor x = leaf(1);
            AtomicInteger calls = new AtomicInteger();
            CountDownLatch start = new CountDownLatch(8);
            inThreads(8, () -> {
                start.countDown();
                start.await();
                x.registerPostAccumulateGradHook(leaf -> calls.incrementAndGet());
                return x.registerHook(gradient -> {
                    calls.incrementAndGet();
                    return null;
                });
            });
            x.sum().backward();
            assertThat(calls).hasValue(16);
        }
    }

    @Test
    void errorsComeOutOfHooksAsTheyAre() {
        class Death extends Error {
            private static final long serialVersionUID = 1L;
        }
        for (Throwable thrown :
                List.of(new StackOverflowError(), new OutOfMemoryError(), new Death(), new InterruptedException())) {
            Tensor x = leaf(1);
            Tensor y = x.exp();
            RemovableHandle[] handles = {
                x.registerHook(gradient -> raise(thrown)),
                y.registerHook(gradient -> raise(thrown)),
                Node.of(y).registerHook((computed, given) -> raise(thrown)),
                Node.of(y).registerPrehook(gradients -> raise(thrown)),
                x.registerPostAccumulateGradHook(leaf -> raise(thrown))
            };
            for (RemovableHandle handle : handles) {
                assertThatThrownBy(() -> y.sum().backward(null, true, false)).isSameAs(thrown);
                handle.remove();
            }
            x.grad(null);
            y.sum().backward();
            assertThat(x.grad().toDouble()).isEqualTo(Math.E);
            assertThatThrownBy(() -> failing(thrown).apply(x).get(0).backward()).isSameAs(thrown);
        }
    }

    @Test
    void anOverflowOfTheStackEndsInsideAHook() {
        Tensor x = leaf(1);
        RemovableHandle handle = x.registerHook(RobustnessTest::endless);
        assertThatThrownBy(() -> x.exp().backward()).isInstanceOf(StackOverflowError.class);
        handle.remove();
        x.exp().backward();
    }

    private static Tensor endless(Tensor gradient) {
        return endless(gradient.mul(1)).mul(1);
    }

    @Test
    void whatHooksReturnIsChecked() {
        Tensor x = leaf(1, 2);
        Tensor y = x.exp();
        Tensor closed = Torch.ones(2);
        closed.close();
        Tensor elsewhere =
                Torch.ones(new long[] {2}, TensorOptions.of(DType.FLOAT64).device(Device.META));
        List<Tensor> bad = List.of(
                closed,
                elsewhere,
                Torch.ones(2),
                leaf(1),
                Torch.ones(0),
                leaf(1, 2).toSparse());
        for (Tensor each : bad) {
            for (RemovableHandle handle : List.of(
                    x.registerHook(gradient -> each),
                    y.registerHook(gradient -> each),
                    Node.of(y).registerPrehook(gradients -> List.of(each)),
                    Node.of(y).registerHook((computed, given) -> List.of(each)))) {
                assertThatThrownBy(() -> y.sum().backward(null, true, false))
                        .isInstanceOfAny(TorchException.class, IllegalStateException.class)
                        .message()
                        .containsAnyOf("has changed the", "this tensor was closed");
                // Hooks are checked one after the other: only the ones not yet removed can fail.
                handle.remove();
            }
        }
        assertThat(x.grad()).isNull();
        y.sum().backward();
        assertThat(x.grad()).isNotNull();
    }

    @Test
    void hooksOfMissingGradientsGetNullAsInPython() {
        Tensor x = leaf(1);
        Tensor w = leaf(2);
        List<Tensor> seen = new ArrayList<>();
        Tensor y = x.mul(1);
        y.registerHook(gradient -> {
            seen.add(gradient);
            return null;
        });
        List<List<Tensor>> all = new ArrayList<>();
        Autograd.registerMultiGradHook(List.of(y, w), all::add);
        Function half = function(
                (context, inputs) -> List.of(inputs.get(0).mul(inputs.get(1))),
                (context, gradients) -> Arrays.asList(null, gradients.get(0)));

        half.apply(y, w).get(0).backward();
        assertThat(seen).containsExactly((Tensor) null);
        assertThat(all).hasSize(1);
        assertThat(all.get(0).get(0)).isNull();

        y.registerHook(gradient -> Torch.ones(1));
        assertThatThrownBy(() -> half.apply(y, w).get(0).backward())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("returned a gradient where there was none");
    }

    @Test
    void aHookMayCloseWhatItGets() {
        Tensor x = leaf(1, 2);
        Tensor y = x.exp();
        RemovableHandle closing = y.registerHook(gradient -> {
            gradient.close();
            return null;
        });
        RemovableHandle returning = x.registerHook(gradient -> {
            gradient.close();
            return gradient;
        });
        Tensor sum = y.sum();
        sum.backward(null, true, false);
        returning.remove();
        Node.of(y).registerHook((computed, given) -> {
            computed.forEach(Tensor::close);
            return null;
        });
        assertThatThrownBy(sum::backward).hasMessageContaining("this tensor was closed");
        closing.remove();
    }

    @Test
    void tensorsMayBeClosedElsewhereWhileBackwardRuns() throws Exception {
        for (int round = 0; round < 50; round++) {
            Tensor x = leaf(1, 2);
            Tensor y = x.exp();
            Tensor z = y.mul(y);
            Tensor loss = z.sum();
            z.registerHook(gradient -> {
                Thread closer = new Thread(() -> List.of(x, y, z, loss).forEach(Tensor::close));
                closer.start();
                try {
                    closer.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return null;
            });
            loss.backward();
            assertThat(loss.isClosed()).isTrue();
        }
    }

    @Test
    void aHookMayRunTheSameBackwardAgain() {
        Tensor x = leaf(1);
        Tensor y = x.exp();
        Tensor z = new FunctionTest.Scaled().apply(y).sum();
        AtomicInteger depth = new AtomicInteger();
        y.registerHook(gradient -> {
            if (depth.incrementAndGet() <= 100) {
                z.backward(null, true, false);
            }
            return null;
        });
        z.backward(null, true, false);
        assertThat(depth).hasValue(101);
        assertThat(x.grad().toDouble()).isEqualTo(101 * 3 * Math.E, org.assertj.core.api.Assertions.within(1e-9));
    }

    @Test
    void aBackwardThatStartsItselfEndsInAnError() {
        Tensor x = leaf(1);
        RemovableHandle handle = x.registerHook(gradient -> {
            try (GradMode on = Torch.enableGrad()) {
                x.exp().backward();
            }
            return null;
        });
        assertThatThrownBy(() -> x.exp().backward())
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("5000 backwards are running inside each other");
        handle.remove();
        x.exp().backward();
        assertThat(x.grad().toDouble()).isEqualTo(Math.E);
    }

    @Test
    void aFailedBackwardLeavesNothingInAHookOnSeveralTensors() throws Exception {
        Tensor a = leaf(1);
        Tensor b = Torch.ones(new long[] {10_000}, DType.FLOAT64).requiresGrad_();
        Tensor between = a.mul(1);
        between.registerHook(gradient -> raise(new IllegalStateException("fails")));
        Autograd.registerMultiGradHook(List.of(a, b), gradients -> {});
        long before = Torch.memory().bytes();
        for (int i = 0; i < 2000; i++) {
            try (Scope scope = Scope.open()) {
                Tensor loss =
                        between.sum().add(new FunctionTest.Scaled().apply(b).sum());
                assertThatThrownBy(loss::backward).hasMessage("fails");
                b.grad(null);
            }
        }
        assertThat(grownSince(before)).isLessThan(1 << 20);
    }

    private static long grownSince(long before) throws InterruptedException {
        long grown = Long.MAX_VALUE;
        for (int i = 0; i < 50 && grown > 1 << 20; i++) {
            System.gc();
            Thread.sleep(20);
            grown = Torch.memory().bytes() - before;
        }
        return grown;
    }

    // ---- functions

    @Test
    void whatFunctionsReturnIsChecked() {
        Tensor x = leaf(1, 2);
        FunctionTest.Forward one = (context, inputs) -> List.of(inputs.get(0).mul(2));
        Tensor closed = Torch.ones(2);
        closed.close();

        assertBackwardFails(one, null, "expected 1, got null");
        assertBackwardFails(one, List.of(), "expected 1, got 0");
        assertBackwardFails(one, List.of(x, x), "expected 1, got 2");
        assertBackwardFails(one, List.of(closed), "this tensor was closed");
        assertBackwardFails(one, List.of(Torch.ones(3)), "invalid gradient at index 0");
        assertBackwardFails(one, List.of(Torch.ones(0)), "invalid gradient at index 0");
        assertThatThrownBy(() -> function((context, inputs) -> null, null).apply(x))
                .hasMessageContaining("returned null; one or more are expected");
        assertThatThrownBy(() -> function((context, inputs) -> Collections.singletonList(null), null)
                        .apply(x))
                .hasMessageContaining("returned null among its tensors");
        assertThatThrownBy(() ->
                        function((context, inputs) -> List.of(closed), null).apply(x))
                .hasMessageContaining("this tensor was closed");
        assertThatThrownBy(() -> function(
                                (context, inputs) -> {
                                    context.saveForBackward(closed);
                                    return inputs;
                                },
                                null)
                        .apply(x))
                .hasMessageContaining("this tensor was closed");

        Tensor none = function(one, (context, gradients) -> Collections.singletonList(null))
                .apply(x)
                .get(0);
        none.sum().backward();
        assertThat(x.grad()).isNull();
        assertThat(Torch.isGradEnabled()).isTrue();
        assertThat(NativeModes.isForwardGradEnabled()).isTrue();
    }

    private static void assertBackwardFails(FunctionTest.Forward forward, List<Tensor> result, String message) {
        Tensor y = function(forward, (context, gradients) -> result)
                .apply(leaf(1, 2))
                .get(0);
        assertThatThrownBy(() -> y.sum().backward()).hasMessageContaining(message);
    }

    @Test
    void aTensorTwiceAmongOutputsAndInputs() {
        Tensor x = leaf(3);
        List<Tensor> y = function(
                        (context, inputs) -> {
                            Tensor square = inputs.get(0).mul(inputs.get(1));
                            context.saveForBackward(square, square, inputs.get(0));
                            return List.of(square, square);
                        },
                        (context, gradients) -> {
                            Tensor sum = gradients.get(0).add(gradients.get(1));
                            return List.of(sum, sum);
                        })
                .apply(x, x);
        y.get(0).add(y.get(1)).backward();
        assertThat(x.grad().toDouble()).isEqualTo(4);
    }

    @Test
    void aContextMayBeKeptAndUsedLaterByAnotherThread() throws Exception {
        Context[] kept = new Context[2];
        Tensor y = function(
                        (context, inputs) -> {
                            kept[0] = context;
                            context.saveForBackward(inputs.get(0));
                            return List.of(inputs.get(0).mul(2));
                        },
                        (context, gradients) -> {
                            kept[1] = context;
                            return gradients;
                        })
                .apply(leaf(1))
                .get(0);
        y.backward();
        assertThat(kept[0].savedTensors()).isEmpty();
        inThreads(2, () -> {
            kept[0].saveForBackward(Torch.ones(1));
            assertThat(kept[1].savedTensors().get(0).toDouble()).isEqualTo(1);
            kept[1].markDirty(Torch.ones(1));
            return null;
        });
        assertThatThrownBy(y::backward).hasMessageContaining("backward through the graph a second time");
    }

    @Test
    void aGraphThatThreadsFreeAtOnceStaysFreed() throws Exception {
        for (int round = 0; round < 100; round++) {
            Tensor y = new FunctionTest.MulExp(1).apply(leaf(1), leaf(2)).get(0);
            inThreads(2, () -> {
                try {
                    y.backward();
                } catch (TorchException e) {
                    assertThat(e).hasMessageContaining("a second time");
                }
                return null;
            });
            assertThatThrownBy(y::backward).hasMessageContaining("backward through the graph a second time");
        }
    }

    // ---- saved tensors

    @Test
    void whatUnpackReturnsIsChecked() {
        Tensor closed = Torch.ones(1);
        closed.close();
        assertUnpackFails(null, "returned null; torch.float64[1] on cpu is expected");
        assertUnpackFails(closed, "this tensor was closed");
        assertUnpackFails(leaf(1, 2), "returned torch.float64[2] on cpu; torch.float64[1] on cpu is expected");
        assertUnpackFails(Torch.ones(1), "returned torch.float32[1] on cpu; torch.float64[1]");
    }

    private static void assertUnpackFails(Tensor unpacked, String message) {
        Tensor y;
        try (ThreadMode hooks = Autograd.savedTensorsHooks(tensor -> 0, zero -> unpacked)) {
            y = leaf(1).exp();
        }
        assertThatThrownBy(y::backward).hasMessageContaining(message);
    }

    @Test
    void packMayCloseWhatItGetsAndUseHooksItself() {
        Tensor x = leaf(2);
        AtomicInteger calls = new AtomicInteger();
        Tensor y;
        try (ThreadMode hooks = Autograd.savedTensorsHooks(
                tensor -> {
                    double[] values = tensor.toDoubleArray();
                    tensor.close();
                    if (calls.incrementAndGet() < 20) {
                        try (GradMode on = Torch.enableGrad()) {
                            leaf(1).exp();
                        }
                    }
                    return values;
                },
                values -> Torch.tensor((Object) values))) {
            y = x.exp();
        }
        y.backward();
        assertThat(calls).hasValue(20);
        assertThat(x.grad().toDouble()).isEqualTo(Math.exp(2));
    }

    @Test
    void unpackMayRunTheSameFunctionBackwards() {
        Tensor x = leaf(2);
        AtomicInteger calls = new AtomicInteger();
        Tensor[] y = new Tensor[1];
        try (ThreadMode hooks = Autograd.savedTensorsHooks(tensor -> tensor.detach(), tensor -> {
            if (calls.incrementAndGet() == 1) {
                y[0].backward(null, true, false);
            }
            return tensor;
        })) {
            y[0] = new FunctionTest.MulExp(1).apply(x, leaf(3)).get(0);
        }
        y[0].backward(null, true, false);
        assertThat(x.grad().toDouble()).isEqualTo(6);
    }

    // ---- modes

    @Test
    void blocksClosedOutOfTurnAreAllClosed() {
        GradMode outer = Torch.noGrad();
        ThreadMode between = Autograd.saveOnCpu(false);
        ThreadMode level = ForwardAd.dualLevel();
        Autocast inner = Autocast.open(Device.Type.CPU);
        assertThatThrownBy(outer::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a Autocast opened inside this GradMode was still open, and is closed now too;"
                        + " close the inner one first");
        inner.close();
        level.close();
        between.close();
        outer.close();
        assertNoModeIsLeft();
    }

    private static void assertNoModeIsLeft() {
        assertThat(Torch.isGradEnabled()).isTrue();
        assertThat(NativeModes.isForwardGradEnabled()).isTrue();
        assertThat(NativeModes.isMultithreadingEnabled()).isTrue();
        assertThat(NativeModes.isAnomalyEnabled()).isFalse();
        assertThat(Autocast.isEnabled(Device.Type.CPU)).isFalse();
        assertThatThrownBy(() -> ForwardAd.makeDual(Torch.ones(1), Torch.ones(1)))
                .hasMessageContaining("no dual level is open");
        Autograd.disableSavedTensorsHooks("only possible where there are none").close();
    }

    @Test
    void aModeCannotBeClosedByAnotherThread() throws Exception {
        try (ThreadMode hooks = Autograd.saveOnCpu(false);
                ThreadMode level = ForwardAd.dualLevel();
                GradMode off = Torch.noGrad()) {
            inThreads(1, () -> {
                for (ThreadMode mode : List.of(off, level, hooks)) {
                    assertThatThrownBy(mode::close).hasMessageContaining("may not close a");
                }
                NativeModes.popSavedTensorsHooks();
                assertNoModeIsLeft();
                return null;
            });
            assertThat(Torch.isGradEnabled()).isFalse();
        }
        assertNoModeIsLeft();
    }

    @Test
    void exceptionsLeaveNoModeInForce() throws Exception {
        RuntimeException thrown = new RuntimeException("in the middle");
        inThreads(8, () -> {
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> {
                            try (GradMode on = Torch.enableGrad();
                                    ThreadMode hooks = Autograd.saveOnCpu(false);
                                    Autocast autocast = Autocast.open(Device.Type.CPU)) {
                                Tensor y = Checkpoint.checkpoint(
                                        x -> new FunctionTest.Scaled()
                                                .apply(failing(thrown)
                                                        .apply(x.exp())
                                                        .get(0)),
                                        leaf(1));
                                y.sum().backward();
                            }
                        })
                        .isSameAs(thrown);
                assertNoModeIsLeft();
            }
            return null;
        });
    }

    @Test
    void anomalyBlocksOfSeveralThreadsMayOverlap() throws Exception {
        CountDownLatch opened = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        Thread other;
        try (ThreadMode first = Autograd.detectAnomaly()) {
            other = new Thread(() -> {
                try (ThreadMode second = Autograd.detectAnomaly()) {
                    opened.countDown();
                    left.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            other.start();
            opened.await();
        }
        assertThat(NativeModes.isAnomalyEnabled()).isTrue();
        left.countDown();
        other.join();
        assertThat(NativeModes.isAnomalyEnabled()).isFalse();
    }

    @Test
    void theForwardCallBelongsToItsExceptionAlone() {
        RuntimeException thrown = new RuntimeException("from backward");
        try (ThreadMode anomaly = Autograd.detectAnomaly()) {
            assertThatThrownBy(() -> failing(thrown).apply(leaf(1)).get(0).backward())
                    .isSameAs(thrown);
        }
        assertThat(thrown.getSuppressed()).hasSize(1);
        assertThat(thrown.getSuppressed()[0]).isInstanceOf(ForwardCall.class);
        assertThatThrownBy(() -> Torch.ones(2).add(Torch.ones(3)))
                .isInstanceOf(TorchException.class)
                .satisfies(unrelated -> assertThat(unrelated.getSuppressed()).isEmpty());
    }

    @Test
    void threadsMayEndInsideTheirBlocks() throws Exception {
        int before = ManagementFactory.getThreadMXBean().getThreadCount();
        for (int i = 0; i < 100; i++) {
            Thread thread = new Thread(() -> {
                Autograd.saveOnCpu(false);
                Torch.noGrad();
                leaf(1).exp();
            });
            thread.start();
            thread.join();
        }
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(before + 20);
        assertNoModeIsLeft();
    }

    // ---- all together

    @Test
    void everythingTogetherInEightThreads() throws Exception {
        Torch.manualSeed(1);
        Linear linear = new Linear(4, 4);
        FunctionTest.Scaled scaled = new FunctionTest.Scaled();
        AtomicInteger calls = new AtomicInteger();
        linear.weight.tensor().registerHook(gradient -> {
            calls.incrementAndGet();
            return gradient.mul(1);
        });
        Function outer = function(
                (context, inputs) -> {
                    context.saveForBackward(inputs.get(0));
                    return List.of(inputs.get(0).exp());
                },
                (context, gradients) -> {
                    Tensor input = context.savedTensors().get(0);
                    try (GradMode on = Torch.enableGrad()) {
                        Tensor again = input.detach().requiresGrad_();
                        Tensor inside =
                                Checkpoint.checkpoint(t -> scaled.apply(t).exp(), again);
                        Tensor gradient = Torch.grad(List.of(inside.sum()), List.of(again))
                                .get(0);
                        return List.of(gradient.mul(gradients.get(0)));
                    }
                });
        List<double[]> results = inThreads(8, () -> {
            double[] first = null;
            for (int i = 0; i < 10; i++) {
                try (Scope scope = Scope.open();
                        ThreadMode anomaly = Autograd.detectAnomaly();
                        ThreadMode hooks = Autograd.saveOnCpu(false);
                        Autocast autocast = Autocast.open(Device.Type.CPU)) {
                    Tensor x = Torch.ones(2, 4).requiresGrad_();
                    Tensor y = Checkpoint.checkpoint(
                            t -> outer.apply(scaled.apply(linear.call(t)).to(DType.FLOAT32))
                                    .get(0),
                            x);
                    y.sum().backward();
                    double[] gradient = x.grad().toDoubleArray();
                    first = first == null ? gradient : first;
                    assertThat(gradient).containsExactly(first);
                }
            }
            assertNoGradModeIsLeft();
            return first;
        });
        results.forEach(each -> assertThat(each).containsExactly(results.get(0)));
        assertThat(calls).hasValue(80);
        assertThat(NativeModes.isAnomalyEnabled()).isFalse();
    }

    private static void assertNoGradModeIsLeft() {
        assertThat(Torch.isGradEnabled()).isTrue();
        assertThat(Autocast.isEnabled(Device.Type.CPU)).isFalse();
    }
}
