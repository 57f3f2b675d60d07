package org.torchbridge.autograd;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.ThreadMode;
import org.torchbridge.Torch;
import org.torchbridge.internal.NativeGraph;
import org.torchbridge.internal.NativeTracer;
import org.torchbridge.internal.TensorCallback;

/** One call of a {@link Function}: runs it forward, and is what its node calls in backward. It keeps no tensor. */
final class FunctionCall implements TensorCallback {
    /** What zeros for an output's gradient look like. */
    private record Output(long[] shape, DType dtype, Device device) {
        static Output of(Tensor tensor) {
            return new Output(tensor.shape(), tensor.dtype(), tensor.device());
        }

        Tensor zeros() {
            return Torch.zeros(shape, TensorOptions.of(dtype).device(device));
        }
    }

    private final Function function;
    private final Context context;
    private final boolean[] given;
    private List<Output> outputs = List.of();

    FunctionCall(Function function, List<@Nullable Tensor> inputs) {
        this.function = function;
        this.context = new Context(inputs);
        this.given = new boolean[inputs.size()];
        for (int i = 0; i < given.length; i++) {
            given[i] = inputs.get(i) != null;
        }
    }

    List<Tensor> run(List<@Nullable Tensor> inputs) {
        // A trace cannot call Java: it records what forward does, and derives that.
        return NativeTracer.isTracing() ? forward(inputs) : runInGraph(inputs);
    }

    private List<Tensor> runInGraph(List<@Nullable Tensor> inputs) {
        List<Tensor> tensors = inputs.stream().filter(Objects::nonNull).toList();
        boolean recorded = Torch.isGradEnabled() && tensors.stream().anyMatch(Tensor::requiresGrad);
        long node = recorded ? NativeGraph.javaNode(function.nodeName(), this, Handles.of(tensors)) : 0;
        try {
            List<Tensor> results = forward(inputs);
            outputs = results.stream().map(Output::of).toList();
            long[] wrapped = NativeGraph.wrapOutputs(
                    node,
                    Handles.of(tensors),
                    Handles.of(results),
                    Handles.of(context.notDifferentiable()),
                    Handles.of(context.dirty()),
                    Handles.of(context.savedTensors()),
                    this::jvp);
            Reference.reachabilityFence(results);
            return Handles.adopt(wrapped);
        } finally {
            Reference.reachabilityFence(tensors);
            Reference.reachabilityFence(context);
            context.clear();
            NativeGraph.delete(node);
        }
    }

    private List<Tensor> forward(List<@Nullable Tensor> inputs) {
        try (GradMode gradients = Torch.noGrad();
                ThreadMode tangents = ForwardAd.setEnabled(false)) {
            List<Tensor> results = function.forward(context, Collections.unmodifiableList(inputs));
            if (results == null || results.isEmpty() || results.stream().anyMatch(Objects::isNull)) {
                throw new IllegalStateException("forward of " + name() + " returned "
                        + (results == null ? "null" : results.isEmpty() ? "no tensor" : "null among its tensors")
                        + "; one or more are expected");
            }
            return results;
        }
    }

    private long[] jvp(long[] tangents) {
        List<Tensor> results = function.jvp(context, Handles.adopt(tangents));
        requireCount("jvp", results, outputs.size());
        return Handles.shared(results);
    }

    @Override
    public long[] call(long[] handles) {
        List<@Nullable Tensor> tensors = Handles.adopt(handles);
        int count = outputs.size();
        Context backward = context.forBackward(new ArrayList<>(tensors.subList(count, tensors.size())));
        List<@Nullable Tensor> results = backward(backward, materialized(tensors.subList(0, count)));
        return Handles.shared(ofGivenInputs(results));
    }

    private List<@Nullable Tensor> materialized(List<@Nullable Tensor> gradients) {
        List<@Nullable Tensor> result = new ArrayList<>(gradients);
        for (int i = 0; context.materializesGrads() && i < result.size(); i++) {
            if (result.get(i) == null) {
                result.set(i, outputs.get(i).zeros());
            }
        }
        return result;
    }

    private List<@Nullable Tensor> backward(Context backward, List<@Nullable Tensor> gradients) {
        if (!function.onceDifferentiable()) {
            return counted(function.backward(backward, gradients));
        }
        List<@Nullable Tensor> results;
        try (GradMode off = Torch.noGrad()) {
            results = counted(function.backward(backward, gradients));
        }
        boolean derivable = Torch.isGradEnabled()
                && gradients.stream().anyMatch(gradient -> gradient != null && gradient.requiresGrad());
        return derivable ? results.stream().map(this::refusingDerivation).toList() : results;
    }

    private @Nullable Tensor refusingDerivation(@Nullable Tensor gradient) {
        return gradient == null
                ? null
                : new Refusal(name()).apply(gradient.detach().requiresGrad_());
    }

    private List<@Nullable Tensor> ofGivenInputs(List<@Nullable Tensor> gradients) {
        List<@Nullable Tensor> result = new ArrayList<>();
        for (int i = 0; i < given.length; i++) {
            if (given[i]) {
                result.add(gradients.get(i));
            } else if (gradients.get(i) != null) {
                throw new IllegalStateException("backward of " + name() + " returned a gradient for input " + i
                        + ", which was null; null is expected there");
            }
        }
        return result;
    }

    private List<@Nullable Tensor> counted(@Nullable List<@Nullable Tensor> gradients) {
        requireCount("backward", gradients, given.length);
        return gradients;
    }

    private void requireCount(String method, @Nullable List<?> results, int expected) {
        if (results == null || results.size() != expected) {
            throw new IllegalStateException(method + " of " + name() + " returned an incorrect number of "
                    + (method.equals("jvp") ? "tangents" : "gradients") + " (expected " + expected + ", got "
                    + (results == null ? "null" : results.size()) + ")");
        }
    }

    private String name() {
        return function.getClass().getName();
    }

    /** Stands in the graph where it must not be derived any further. */
    private static final class Refusal extends UnaryFunction {
        private final String name;

        Refusal(String name) {
            this.name = name;
        }

        @Override
        protected Tensor forward(Context context, Tensor input) {
            return input.viewAs(input);
        }

        @Override
        protected Tensor backward(Context context, Tensor gradient) {
            throw new IllegalStateException(
                    "trying to differentiate twice a function that was marked with onceDifferentiable: " + name);
        }
    }
}
