package org.torchbridge.autograd;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Device;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.ThreadMode;
import org.torchbridge.Torch;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeAutograd;
import org.torchbridge.internal.NativeGraph;
import org.torchbridge.internal.NativeModes;

/**
 * The functions of Python's {@code torch.autograd} and {@code torch.autograd.graph}. For one tensor,
 * {@link Tensor#backward} does; without options, {@link Torch#grad(List, List)}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/autograd.html">torch.autograd</a>.
 */
public final class Autograd {
    private Autograd() {}

    // ---- gradients

    /** Adds the gradients of {@code tensors}, each of one element, to those of the leaves. */
    public static void backward(List<Tensor> tensors) {
        backward(tensors, List.of(), null, false, List.of());
    }

    /**
     * Adds the gradients of {@code tensors} to those of the leaves.
     *
     * @param gradTensors what to start from, one for each tensor; null for a tensor of one element; empty if all are
     * @param retainGraph whether this can be called again; null: as {@code createGraph}
     * @param createGraph whether the gradients can be derived themselves
     * @param inputs the tensors whose gradients are accumulated; empty for all leaves
     */
    public static void backward(
            List<Tensor> tensors,
            List<@Nullable Tensor> gradTensors,
            @Nullable Boolean retainGraph,
            boolean createGraph,
            List<Tensor> inputs) {
        NativeAutograd.backward(
                Handles.of(tensors),
                Handles.of(starts(tensors, gradTensors)),
                (retainGraph == null ? createGraph : retainGraph) ? 1 : 0,
                createGraph,
                Handles.of(inputs));
        Reference.reachabilityFence(tensors);
        Reference.reachabilityFence(gradTensors);
        Reference.reachabilityFence(inputs);
    }

    /**
     * The gradients of {@code outputs} with respect to {@code inputs}; nothing is accumulated.
     *
     * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.autograd.grad.html">torch.autograd.grad</a>.
     */
    public static List<@Nullable Tensor> grad(List<Tensor> outputs, List<Tensor> inputs, GradOptions options) {
        List<@Nullable Tensor> gradients =
                options.isGradsBatched() ? batched(outputs, inputs, options) : single(outputs, inputs, options);
        if (options.materializeGrads()) {
            for (int i = 0; i < gradients.size(); i++) {
                if (gradients.get(i) == null) {
                    gradients.set(i, Torch.zerosLike(inputs.get(i)));
                }
            }
        }
        return gradients;
    }

    private static List<@Nullable Tensor> single(List<Tensor> outputs, List<Tensor> inputs, GradOptions options) {
        long[] gradients = NativeAutograd.gradients(
                Handles.of(outputs),
                Handles.of(inputs),
                Handles.of(starts(outputs, options.gradOutputs())),
                options.retainsGraph() ? 1 : 0,
                options.createGraph(),
                options.allowsUnused());
        Reference.reachabilityFence(outputs);
        Reference.reachabilityFence(inputs);
        Reference.reachabilityFence(options);
        return Handles.adopt(gradients);
    }

    /** One derivation for each row of the gradients to start from. */
    private static List<@Nullable Tensor> batched(List<Tensor> outputs, List<Tensor> inputs, GradOptions options) {
        if (options.gradOutputs().size() != outputs.size()
                || options.gradOutputs().contains(null)) {
            throw new IllegalArgumentException("isGradsBatched needs gradOutputs, one for each of the " + outputs.size()
                    + " outputs, with a first dimension more");
        }
        long rows = options.gradOutputs().get(0).shape()[0];
        List<List<@Nullable Tensor>> gradients = new ArrayList<>();
        for (long row = 0; row < rows; row++) {
            long index = row;
            List<@Nullable Tensor> starts = options.gradOutputs().stream()
                    .<@Nullable Tensor>map(each -> each.select(0, index))
                    .toList();
            boolean retain = options.retainsGraph() || row < rows - 1;
            gradients.add(single(outputs, inputs, options.gradOutputs(starts).retainGraph(retain)));
        }
        List<@Nullable Tensor> stacked = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            int input = i;
            List<@Nullable Tensor> rowsOfInput = gradients.stream()
                    .<@Nullable Tensor>map(row -> row.get(input))
                    .toList();
            stacked.add(rowsOfInput.contains(null) ? null : Torch.stack(rowsOfInput));
        }
        return stacked;
    }

    private static List<@Nullable Tensor> starts(List<Tensor> tensors, List<@Nullable Tensor> gradients) {
        return gradients.isEmpty() ? Collections.nCopies(tensors.size(), null) : gradients;
    }

    // ---- modes

    /** A block whose backwards use a thread for each device, the default, or this thread alone. */
    public static ThreadMode setMultithreadingEnabled(boolean enabled) {
        boolean before = NativeModes.isMultithreadingEnabled();
        NativeModes.setMultithreadingEnabled(enabled);
        return new ThreadMode(() -> NativeModes.setMultithreadingEnabled(before));
    }

    /** {@link #setDetectAnomaly} with everything on. */
    public static ThreadMode detectAnomaly() {
        return setDetectAnomaly(true, true);
    }

    /**
     * A block, for all threads, in which a failing backward tells where its function was called: the exception has that
     * place, with Java's stack, among its suppressed ones. Slow: for debugging.
     *
     * <p>Follows <a href="https://pytorch.org/docs/stable/autograd.html#anomaly-detection">set_detect_anomaly</a>.
     *
     * @param mode whether anomalies are looked for
     * @param checkNan whether a gradient that is not a number is one
     */
    public static ThreadMode setDetectAnomaly(boolean mode, boolean checkNan) {
        AnomalyBlock block = new AnomalyBlock(mode, checkNan);
        block.open();
        return new ThreadMode(block::close);
    }

    // ---- saved tensors

    /**
     * A block in which {@code pack} gets each tensor that an operator saves for backward, and its result is kept instead;
     * {@code unpack} makes the tensor again when backward needs it. Of nested blocks the innermost counts. {@code pack} must
     * not change its argument in place.
     *
     * <p>Follows <a
     * href="https://pytorch.org/docs/stable/autograd.html#torch.autograd.graph.saved_tensors_hooks">saved_tensors_hooks</a>.
     *
     * @param pack gives what to keep; a tensor that it returns is taken out of its {@link Scope}
     * @param unpack gives a tensor with the same content
     */
    public static <T> ThreadMode savedTensorsHooks(
            java.util.function.Function<Tensor, T> pack, java.util.function.Function<T, Tensor> unpack) {
        NativeModes.pushSavedTensorsHooks(handle -> {
            Tensor tensor = Scope.escape(Adoption.adopt(handle));
            Kind kind = Kind.of(tensor);
            T packed = pack.apply(tensor);
            if (packed instanceof Tensor kept) {
                Scope.escape(kept);
            }
            return none -> Handles.shared(List.of(requireKind(kind, unpack.apply(packed))));
        });
        return new ThreadMode(NativeModes::popSavedTensorsHooks);
    }

    private static Tensor requireKind(Kind expected, @Nullable Tensor unpacked) {
        Kind kind = unpacked == null ? null : Kind.of(unpacked);
        if (!expected.equals(kind)) {
            throw new IllegalStateException(
                    "a saved tensor's unpack hook returned " + kind + "; " + expected + " is expected, as pack got it");
        }
        return unpacked;
    }

    /**
     * A block in which saved tensors are kept in main memory and go back to their device for backward.
     *
     * <p>Follows <a href="https://pytorch.org/docs/stable/autograd.html#torch.autograd.graph.save_on_cpu">save_on_cpu</a>.
     *
     * @param pinMemory whether the copies are in memory that a GPU can read directly
     */
    public static ThreadMode saveOnCpu(boolean pinMemory) {
        record Copy(Device device, Tensor values) {}
        return savedTensorsHooks(
                tensor -> {
                    Tensor values = tensor.detach().to(Device.CPU, tensor.dtype(), false, true);
                    return new Copy(tensor.device(), Scope.escape(pinMemory ? values.pinMemory() : values));
                },
                copy -> copy.values().to(copy.device()));
    }

    /** A block in which {@link #savedTensorsHooks} fails with {@code message}. */
    public static ThreadMode disableSavedTensorsHooks(String message) {
        String before = NativeModes.forbidSavedTensorsHooks(message);
        return new ThreadMode(() -> NativeModes.forbidSavedTensorsHooks(before));
    }

    /** Counts a change in place that libtorch has not seen, one made through {@link Tensor#buffer} for example. */
    public static void incrementVersion(Tensor tensor) {
        NativeGraph.incrementVersion(tensor.handle());
        Reference.reachabilityFence(tensor);
    }

    // ---- hooks on several tensors

    /** Whether a hook on several tensors waits for all of them. */
    public enum MultiGradMode {
        ALL,
        ANY
    }

    /**
     * Calls {@code hook} in each backward, when the gradients of all {@code tensors} that it reaches are there, with those
     * gradients, null where there is none.
     *
     * <p>Follows <a
     * href="https://pytorch.org/docs/stable/autograd.html#torch.autograd.graph.register_multi_grad_hook">
     * register_multi_grad_hook</a>.
     */
    public static RemovableHandle registerMultiGradHook(List<Tensor> tensors, Consumer<List<@Nullable Tensor>> hook) {
        MultiGradHook shared = new MultiGradHook(tensors, hook);
        return all(IntStream.range(0, tensors.size())
                .mapToObj(i -> tensors.get(i).registerHook(gradient -> shared.receive(i, gradient)))
                .toList());
    }

    /**
     * As {@link #registerMultiGradHook(List, Consumer)} for {@link MultiGradMode#ALL}; for {@link MultiGradMode#ANY} the
     * hook gets the first gradient alone, once in each backward.
     */
    public static RemovableHandle registerMultiGradHook(
            List<Tensor> tensors, Consumer<List<@Nullable Tensor>> hook, MultiGradMode mode) {
        if (mode == MultiGradMode.ALL) {
            return registerMultiGradHook(tensors, hook);
        }
        FirstGradHook shared = new FirstGradHook(hook);
        return all(tensors.stream().map(tensor -> tensor.registerHook(shared)).toList());
    }

    private static RemovableHandle all(List<RemovableHandle> handles) {
        return () -> handles.forEach(RemovableHandle::remove);
    }
}
