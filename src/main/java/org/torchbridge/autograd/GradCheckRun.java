package org.torchbridge.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.ThreadMode;
import org.torchbridge.Torch;

/**
 * One check. A Jacobian has a row for each element of the input and a column for each of the output. A complex output is
 * checked as two real ones; the gradient of a real value by a complex {@code z = x + iy} is {@code ds/dx + i ds/dy}.
 */
final class GradCheckRun {
    private final Operation function;
    private final List<Tensor> inputs;
    private final GradCheck.Options options;

    GradCheckRun(Operation function, List<Tensor> inputs, GradCheck.Options options) {
        this.function = function;
        this.inputs = inputs;
        this.options = options;
    }

    void check() {
        int outputs = realOutputs(inputs).size();
        for (int output = 0; output < outputs; output++) {
            for (int input = 0; input < inputs.size(); input++) {
                if (inputs.get(input).requiresGrad()) {
                    int out = output;
                    int in = input;
                    Scope.run(() -> check(out, in));
                }
            }
        }
        if (options.checkBackwardAd() && options.checkUndefinedGrad()) {
            checkUndefined();
        }
    }

    /** The outputs that can be derived, complex ones as two. */
    private List<Tensor> realOutputs(List<Tensor> arguments) {
        List<Tensor> real = new ArrayList<>();
        for (Tensor output : function.apply(arguments)) {
            if (output.isComplex()) {
                real.add(Torch.real(output));
                real.add(Torch.imag(output));
            } else if (output.isFloatingPoint()) {
                real.add(output);
            }
        }
        if (real.isEmpty()) {
            throw new IllegalArgumentException("the function has no floating-point or complex output to derive");
        }
        return real;
    }

    private void check(int output, int input) {
        Tensor numerical = numerical(output, input);
        if (options.checkBackwardAd()) {
            Tensor analytical = analytical(output, input);
            requireClose("", output, input, numerical, analytical);
            Tensor again = analytical(output, input);
            double difference = difference(analytical, again);
            if (difference > options.nondetTol()) {
                throw new GradCheckException("Backward is not reentrant, i.e., running backward with same input and"
                        + " grad_output multiple times gives different values, although analytical gradient matches"
                        + " numerical gradient. The tolerance for nondeterminism was " + options.nondetTol()
                        + ", the difference " + difference + ".");
            }
        }
        if (options.checkForwardAd() && !inputs.get(input).isComplex()) {
            requireClose("in forward mode, ", output, input, numerical, forward(output, input));
        }
    }

    private void requireClose(String mode, int output, int input, Tensor numerical, Tensor analytical) {
        if (!analytical.allclose(numerical, options.rtol(), options.atol())) {
            throw new GradCheckException("Jacobian mismatch " + mode + "for output " + output
                    + " with respect to input " + input + ",\nnumerical:" + numerical + "\nanalytical:" + analytical);
        }
    }

    private static double difference(Tensor a, Tensor b) {
        return a.numel() == 0 ? 0 : a.sub(b).abs().max().toDouble();
    }

    // ---- from differences

    private Tensor numerical(int output, int input) {
        Tensor values = inputs.get(input).detach();
        List<Tensor> rows = new ArrayList<>();
        for (long element = 0; element < values.numel(); element++) {
            Tensor step = unit(values, element).mul(options.eps());
            Tensor row = slope(output, input, step);
            if (values.isComplex()) {
                row = Torch.complex(
                        row, slope(output, input, Torch.complex(Torch.zerosLike(Torch.real(step)), Torch.real(step))));
            }
            rows.add(row);
        }
        return jacobian(rows, output);
    }

    /** The difference of an output between two points a step to either side, for each step of {@code eps}. */
    private Tensor slope(int output, int input, Tensor step) {
        Tensor above = valueAt(output, input, step);
        Tensor below = valueAt(output, input, step.neg());
        return above.sub(below).div(2 * options.eps()).reshape(-1);
    }

    private Tensor valueAt(int output, int input, Tensor step) {
        List<Tensor> moved = new ArrayList<>(inputs);
        moved.set(input, inputs.get(input).detach().add(step).requiresGrad_());
        return realOutputs(moved).get(output).detach().clone();
    }

    // ---- from derivatives

    private Tensor analytical(int output, int input) {
        Tensor value = realOutputs(inputs).get(output);
        List<Tensor> columns = new ArrayList<>();
        for (long element = 0; element < value.numel(); element++) {
            columns.add(gradient(value, inputs.get(input), unit(value.detach(), element))
                    .reshape(-1));
        }
        return columns.isEmpty() ? jacobian(columns, output) : Torch.stack(columns, 1);
    }

    private static Tensor gradient(Tensor output, Tensor input, Tensor start) {
        if (!output.requiresGrad()) {
            return Torch.zerosLike(input);
        }
        Tensor gradient = Autograd.grad(
                        List.of(output),
                        List.of(input),
                        GradOptions.options()
                                .gradOutputs(List.of(start))
                                .retainGraph(true)
                                .materializeGrads(true))
                .get(0);
        if (!Arrays.equals(gradient.shape(), input.shape()) || gradient.dtype() != input.dtype()) {
            throw new GradCheckException("a gradient is " + gradient.dtype() + Arrays.toString(gradient.shape()) + "; "
                    + input.dtype() + Arrays.toString(input.shape()) + " is expected, like its input");
        }
        return gradient;
    }

    private Tensor forward(int output, int input) {
        List<Tensor> rows = new ArrayList<>();
        Tensor values = inputs.get(input).detach();
        for (long element = 0; element < values.numel(); element++) {
            try (ThreadMode level = ForwardAd.dualLevel()) {
                List<Tensor> dual = new ArrayList<>(inputs);
                dual.set(input, ForwardAd.makeDual(values, unit(values, element)));
                Tensor result = realOutputs(dual).get(output);
                Tensor tangent = ForwardAd.unpackDual(result).tangent();
                rows.add((tangent == null ? Torch.zerosLike(result) : tangent)
                        .detach()
                        .reshape(-1));
            }
        }
        return jacobian(rows, output);
    }

    private Tensor jacobian(List<Tensor> rows, int output) {
        return rows.isEmpty() ? Torch.zeros(0, realOutputs(inputs).get(output).numel()) : Torch.stack(rows);
    }

    /** Ones at one element, zeros elsewhere. */
    private static Tensor unit(Tensor like, long element) {
        Tensor unit = Torch.zeros(new long[] {like.numel()}, like.dtype()).to(like.device());
        unit.select(0, element).fill_(1);
        return unit.reshape(like.shape());
    }

    // ---- outputs without gradients

    /** Takes the gradient away. */
    private static final class UndefinedGrad extends UnaryFunction {
        @Override
        protected Tensor forward(Context context, Tensor input) {
            return input.viewAs(input);
        }

        @Override
        protected @Nullable Tensor backward(Context context, Tensor gradient) {
            return null;
        }
    }

    private void checkUndefined() {
        List<Tensor> derivable = GradCheck.derivable(function.apply(inputs));
        requireNothing(derivable.size(), -1);
        for (int alone = 0; derivable.size() > 1 && alone < derivable.size(); alone++) {
            requireNothing(derivable.size(), alone);
        }
    }

    /** Derives with the gradient of one output missing, or all: -1; with none left, the inputs' must be zero. */
    private void requireNothing(int count, int missing) {
        List<Tensor> outputs = new ArrayList<>(GradCheck.derivable(function.apply(inputs)));
        List<@Nullable Tensor> starts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            starts.add(Torch.zerosLike(outputs.get(i)));
            if (missing < 0 || missing == i) {
                outputs.set(i, new UndefinedGrad().apply(outputs.get(i)));
            }
        }
        if (outputs.isEmpty()) {
            return;
        }
        List<@Nullable Tensor> gradients = Autograd.grad(
                outputs,
                GradCheck.derivable(inputs),
                GradOptions.options().gradOutputs(starts).allowUnused(true));
        for (Tensor gradient : gradients) {
            if (gradient != null && gradient.ne(0).any().toBoolean()) {
                throw new GradCheckException("Expected backward function to handle undefined output grads:"
                        + " with all output gradients undefined or zero, a gradient is not zero.");
            }
        }
    }
}
