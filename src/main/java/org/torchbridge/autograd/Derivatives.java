package org.torchbridge.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * Derivatives of functions of tensors: Jacobians, Hessians, and their products with vectors.
 *
 * <pre>{@code
 * Tensor jacobian = Derivatives.jacobian(Tensor::exp, x);
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/autograd.html#functional-higher-level-api">
 * torch.autograd.functional</a>.
 */
public final class Derivatives {
    private Derivatives() {}

    /**
     * How to derive.
     *
     * @param createGraph whether the results can be derived themselves, by the inputs too; by default false
     * @param strict whether an output without connection to an input is an error instead of zeros; by default false
     */
    public record Options(boolean createGraph, boolean strict) {
        private static final Options DEFAULT = new Options(false, false);

        public Options createGraph(boolean create) {
            return new Options(create, strict);
        }

        public Options strict(boolean check) {
            return new Options(createGraph, check);
        }
    }

    /** PyTorch's defaults. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /**
     * A function's outputs and their derivatives.
     *
     * @param outputs what the function gave
     * @param derivatives one for each input, or for {@code jvp} one for each output
     */
    public record Product(List<Tensor> outputs, List<Tensor> derivatives) {}

    // ---- Jacobian and Hessian

    /** The derivatives of each element of the output by each of the input; shape: the output's, then the input's. */
    public static Tensor jacobian(UnaryOperator<Tensor> function, Tensor input) {
        return jacobian(unary(function), List.of(input), options()).get(0).get(0);
    }

    /** The Jacobians, a list for each output with one for each input. */
    public static List<List<Tensor>> jacobian(Operation function, List<Tensor> inputs, Options options) {
        try (GradMode on = Torch.enableGrad()) {
            Call call = new Call(function, inputs, options);
            List<List<Tensor>> jacobians = new ArrayList<>();
            for (int i = 0; i < call.outputs.size(); i++) {
                jacobians.add(call.jacobian(i));
            }
            return jacobians;
        }
    }

    /** The second derivatives of a function whose output has one element; shape: the input's, twice. */
    public static Tensor hessian(UnaryOperator<Tensor> function, Tensor input) {
        return hessian(inputs -> function.apply(inputs.get(0)), List.of(input), options())
                .get(0)
                .get(0);
    }

    /** The second derivatives by each pair of inputs. */
    public static List<List<Tensor>> hessian(
            java.util.function.Function<List<Tensor>, Tensor> function, List<Tensor> inputs, Options options) {
        Options inner = options.createGraph(true);
        return jacobian(
                tensors -> jacobian(all -> List.of(single("hessian", function.apply(all))), tensors, inner)
                        .get(0),
                inputs,
                options);
    }

    // ---- products

    /** The product of {@code v}, a gradient of the output, with the Jacobian. */
    public static Product vjp(UnaryOperator<Tensor> function, Tensor input, Tensor v) {
        return vjp(unary(function), List.of(input), List.of(v), options());
    }

    /**
     * The products of gradients with the Jacobian: what backward computes.
     *
     * @param v gradients of the outputs; empty if there is one output of one element
     */
    public static Product vjp(Operation function, List<Tensor> inputs, List<Tensor> v, Options options) {
        try (GradMode on = Torch.enableGrad()) {
            Call call = new Call(function, inputs, options);
            List<Tensor> starts = vectors("vjp", v, call.outputs, "output");
            List<Tensor> products = call.filled(
                    call.gradients(call.outputs, call.inputs, starts, options.createGraph()), call.inputs, "vjp");
            return new Product(call.finished(call.outputs), call.finished(products));
        }
    }

    /** The product of the Jacobian with {@code v}, a direction of the input. */
    public static Product jvp(UnaryOperator<Tensor> function, Tensor input, Tensor v) {
        return jvp(unary(function), List.of(input), List.of(v), options());
    }

    /**
     * The products of the Jacobian with directions of the inputs, by deriving twice; {@link ForwardAd} is faster where it is
     * supported.
     *
     * @param v directions of the inputs; empty if there is one input of one element
     */
    public static Product jvp(Operation function, List<Tensor> inputs, List<Tensor> v, Options options) {
        try (GradMode on = Torch.enableGrad()) {
            Call call = new Call(function, inputs, options);
            List<Tensor> directions = vectors("jvp", v, call.inputs, "input");
            List<Tensor> probes = probes(call.outputs);
            List<Tensor> gradients =
                    call.filled(call.gradients(call.outputs, call.inputs, probes, true), call.inputs, "jvp");
            List<Tensor> products = call.filled(
                    call.gradients(gradients, probes, directions, options.createGraph()), call.outputs, "jvp");
            return new Product(call.finished(call.outputs), call.finished(products));
        }
    }

    /** The product of {@code v} with the Hessian of a function whose output has one element. */
    public static Product vhp(UnaryOperator<Tensor> function, Tensor input, Tensor v) {
        return vhp(inputs -> function.apply(inputs.get(0)), List.of(input), List.of(v), options());
    }

    /** The products of directions of the inputs with the Hessian. */
    public static Product vhp(
            java.util.function.Function<List<Tensor>, Tensor> function,
            List<Tensor> inputs,
            List<Tensor> v,
            Options options) {
        try (GradMode on = Torch.enableGrad()) {
            Call call = new Call(all -> List.of(single("vhp", function.apply(all))), inputs, options);
            List<Tensor> directions = vectors("vhp", v, call.inputs, "input");
            List<Tensor> gradients =
                    call.filled(call.gradients(call.outputs, call.inputs, List.of(), true), call.inputs, "vhp");
            List<Tensor> products = call.filled(
                    call.gradients(gradients, call.inputs, directions, options.createGraph()), call.inputs, "vhp");
            return new Product(call.finished(call.outputs), call.finished(products));
        }
    }

    /** The product of the Hessian of a function whose output has one element with {@code v}. */
    public static Product hvp(UnaryOperator<Tensor> function, Tensor input, Tensor v) {
        return hvp(inputs -> function.apply(inputs.get(0)), List.of(input), List.of(v), options());
    }

    /** The products of the Hessian with directions of the inputs; {@link #vhp} is faster, and the same where it is symmetric. */
    public static Product hvp(
            java.util.function.Function<List<Tensor>, Tensor> function,
            List<Tensor> inputs,
            List<Tensor> v,
            Options options) {
        try (GradMode on = Torch.enableGrad()) {
            Call call = new Call(all -> List.of(single("hvp", function.apply(all))), inputs, options);
            List<Tensor> directions = vectors("hvp", v, call.inputs, "input");
            List<Tensor> gradients =
                    call.filled(call.gradients(call.outputs, call.inputs, List.of(), true), call.inputs, "hvp");
            List<Tensor> probes = probes(gradients);
            List<Tensor> second = call.filled(call.gradients(gradients, call.inputs, probes, true), call.inputs, "hvp");
            List<Tensor> products =
                    call.filled(call.gradients(second, probes, directions, options.createGraph()), call.inputs, "hvp");
            return new Product(call.finished(call.outputs), call.finished(products));
        }
    }

    // ---- what they share

    private static Operation unary(UnaryOperator<Tensor> function) {
        return inputs -> List.of(function.apply(inputs.get(0)));
    }

    private static Tensor single(String caller, Tensor output) {
        if (output.numel() != 1) {
            throw new IllegalArgumentException("the function given to " + caller + " returned a tensor of shape "
                    + Arrays.toString(output.shape()) + "; one element is expected");
        }
        return output.reshape();
    }

    /** Zeros by which something linear is derived. */
    private static List<Tensor> probes(List<Tensor> like) {
        return like.stream()
                .map(each -> Torch.zerosLike(each.detach()).requiresGrad_())
                .toList();
    }

    private static List<Tensor> vectors(String caller, List<Tensor> v, List<Tensor> like, String what) {
        if (v.isEmpty() && like.size() == 1 && like.get(0).numel() == 1) {
            return List.of(Torch.onesLike(like.get(0).detach()));
        }
        boolean fits = v.size() == like.size();
        for (int i = 0; fits && i < v.size(); i++) {
            fits = Arrays.equals(v.get(i).shape(), like.get(i).shape());
        }
        if (!fits) {
            throw new IllegalArgumentException("v given to " + caller + " has the shapes " + shapes(v) + "; "
                    + shapes(like) + " are expected, one for each " + what);
        }
        return v;
    }

    private static List<String> shapes(List<Tensor> tensors) {
        return tensors.stream().map(tensor -> Arrays.toString(tensor.shape())).toList();
    }

    /** One run of the function on inputs of its own. */
    private static final class Call {
        final List<Tensor> inputs;
        final List<Tensor> outputs;
        private final Options options;

        Call(Operation function, List<Tensor> given, Options options) {
            this.options = options;
            // With createGraph the results depend on the caller's own tensors; an alias can be told from the tensor
            // itself.
            this.inputs = given.stream()
                    .map(input -> options.createGraph() && input.requiresGrad()
                            ? input.viewAs(input)
                            : input.detach().requiresGrad_())
                    .toList();
            this.outputs = function.apply(inputs);
            requireConnected();
        }

        private void requireConnected() {
            for (int i = 0; options.strict() && i < outputs.size(); i++) {
                if (!outputs.get(i).requiresGrad()) {
                    throw new IllegalArgumentException("output " + i + " of the function needs no gradient: it is"
                            + " independent of all inputs, which is not allowed in strict mode");
                }
            }
        }

        List<Tensor> jacobian(int output) {
            Tensor value = outputs.get(output);
            List<List<Tensor>> rows = new ArrayList<>();
            for (int i = 0; i < inputs.size(); i++) {
                rows.add(new ArrayList<>());
            }
            Tensor flat = value.reshape(-1);
            for (long element = 0; element < value.numel(); element++) {
                List<@Nullable Tensor> gradients =
                        gradients(List.of(flat.select(0, element)), inputs, List.of(), options.createGraph());
                List<Tensor> filled = filled(gradients, inputs, "jacobian");
                for (int i = 0; i < inputs.size(); i++) {
                    rows.get(i).add(filled.get(i));
                }
            }
            List<Tensor> jacobians = new ArrayList<>();
            for (int i = 0; i < inputs.size(); i++) {
                long[] shape = concatenated(value.shape(), inputs.get(i).shape());
                jacobians.add(
                        rows.get(i).isEmpty()
                                ? Torch.zeros(shape, inputs.get(i).dtype())
                                : Torch.stack(rows.get(i)).reshape(shape));
            }
            return finished(jacobians);
        }

        /** The gradients of what can be derived; null where there is no connection. */
        List<@Nullable Tensor> gradients(List<Tensor> of, List<Tensor> by, List<Tensor> starts, boolean createGraph) {
            List<Tensor> derivable = new ArrayList<>();
            List<@Nullable Tensor> theirStarts = new ArrayList<>();
            for (int i = 0; i < of.size(); i++) {
                if (of.get(i).requiresGrad()) {
                    derivable.add(of.get(i));
                    theirStarts.add(starts.isEmpty() ? null : starts.get(i));
                }
            }
            if (derivable.isEmpty()) {
                return Collections.nCopies(by.size(), null);
            }
            return Autograd.grad(
                    derivable,
                    by,
                    GradOptions.options()
                            .gradOutputs(theirStarts)
                            .retainGraph(true)
                            .createGraph(createGraph)
                            .allowUnused(true));
        }

        /** Zeros for what is missing, which strict mode refuses. */
        List<Tensor> filled(List<@Nullable Tensor> gradients, List<Tensor> like, String caller) {
            List<Tensor> result = new ArrayList<>();
            for (int i = 0; i < gradients.size(); i++) {
                Tensor gradient = gradients.get(i);
                if (options.strict() && (gradient == null || options.createGraph() && !gradient.requiresGrad())) {
                    throw new IllegalArgumentException(caller + " does not depend on number " + i
                            + " of the tensors it is derived by" + (gradient == null ? "" : ", once more derived")
                            + ", which is not allowed in strict mode");
                }
                result.add(gradient == null ? Torch.zerosLike(like.get(i)) : gradient);
            }
            return result;
        }

        /** Results belong to the caller's graph, or to none. */
        List<Tensor> finished(List<Tensor> results) {
            return options.createGraph()
                    ? results
                    : results.stream().map(Tensor::detach).toList();
        }

        private static long[] concatenated(long[] a, long[] b) {
            long[] both = Arrays.copyOf(a, a.length + b.length);
            System.arraycopy(b, 0, both, a.length, b.length);
            return both;
        }
    }
}
