package org.torchbridge.jit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.autograd.Context;
import org.torchbridge.autograd.Function;
import org.torchbridge.internal.JavaOperator;
import org.torchbridge.io.PythonTuple;

/** One call of an operator that has a backward of its own. The graph keeps it, so it keeps no tensor. */
final class OperatorFunction extends Function {
    private final String name;
    private final CustomOperator.Backward backward;
    private final int inputs;
    private @Nullable Call call;

    /** What is needed until the results are there. */
    private static final class Call {
        final CustomOperator.Forward forward;
        final OperatorArguments arguments;

        @Nullable
        Object result;

        Call(CustomOperator.Forward forward, OperatorArguments arguments) {
            this.forward = forward;
            this.arguments = arguments;
        }
    }

    private OperatorFunction(String name, CustomOperator.Backward backward, int inputs) {
        this.name = name;
        this.backward = backward;
        this.inputs = inputs;
    }

    /** Runs the operator. The tensors of its result are in the graph of gradients. */
    static @Nullable Object run(
            JavaOperator operator,
            OperatorArguments arguments,
            CustomOperator.Forward forward,
            CustomOperator.Backward backward) {
        List<@Nullable Tensor> inputs = inputs(operator, arguments.values());
        OperatorFunction function = new OperatorFunction(operator.name(), backward, inputs.size());
        Call call = new Call(forward, arguments);
        function.call = call;
        try {
            Iterator<Tensor> recorded = function.apply(inputs).iterator();
            return withTensors(call.result, recorded);
        } finally {
            function.call = null;
        }
    }

    /** One for each argument, null for what is no tensor; those of a list one by one. */
    private static List<@Nullable Tensor> inputs(JavaOperator operator, List<@Nullable Object> arguments) {
        List<@Nullable Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            if (operator.takesTensorList(i) && arguments.get(i) instanceof List<?> list) {
                list.forEach(element -> inputs.add((Tensor) element));
            } else {
                inputs.add(arguments.get(i) instanceof Tensor tensor ? tensor : null);
            }
        }
        return inputs;
    }

    @Override
    protected List<Tensor> forward(Context context, List<Tensor> ignored) {
        try {
            call.result = call.forward.run(context, call.arguments);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new TorchException("the forward of " + name + " threw " + e, e);
        }
        List<Tensor> outputs = new ArrayList<>();
        collect(call.result, outputs);
        if (outputs.isEmpty()) {
            throw new IllegalStateException("the forward of " + name + " returned " + call.result
                    + "; an operator with a backward gives at least one tensor");
        }
        return outputs;
    }

    @Override
    protected List<Tensor> backward(Context context, List<Tensor> gradients) {
        List<? extends @Nullable Tensor> results;
        try {
            results = backward.run(context, gradients);
        } catch (Exception e) {
            throw new TorchException("the backward of " + name + " threw " + e, e);
        }
        if (results == null || results.size() > inputs) {
            throw new IllegalStateException("the backward of " + name + " returned "
                    + (results == null ? "null" : results.size() + " gradients") + "; up to " + inputs
                    + " are expected, one for each argument");
        }
        List<@Nullable Tensor> padded = new ArrayList<>(results);
        padded.addAll(Collections.nCopies(inputs - results.size(), null));
        return padded;
    }

    private static void collect(@Nullable Object result, List<Tensor> tensors) {
        if (result instanceof Tensor tensor) {
            tensors.add(tensor);
        } else if (result instanceof List<?> list) {
            list.forEach(element -> collect(element, tensors));
        }
    }

    /** The same result with other tensors. */
    private static @Nullable Object withTensors(@Nullable Object result, Iterator<Tensor> tensors) {
        if (result instanceof Tensor) {
            return tensors.next();
        }
        if (result instanceof List<?> list) {
            List<@Nullable Object> replaced = new ArrayList<>();
            list.forEach(element -> replaced.add(withTensors(element, tensors)));
            return list instanceof PythonTuple ? PythonTuple.copyOf(replaced) : replaced;
        }
        return result;
    }
}
