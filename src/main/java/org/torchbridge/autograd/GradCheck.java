package org.torchbridge.autograd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * Checks a function's gradients against differences of its values.
 *
 * <pre>{@code
 * Tensor x = Torch.randn(new long[] {3}, DType.FLOAT64).requiresGrad_();
 * GradCheck.gradcheck(Tensor::exp, x);
 * }</pre>
 *
 * <p>The defaults are made for {@code float64} and {@code complex128} inputs; with less precision, the differences are
 * noise. Inputs must not share memory, expanded tensors for example. Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html">gradcheck</a> in slow mode.
 */
public final class GradCheck {
    private GradCheck() {}

    /**
     * How to check.
     *
     * @param eps the step of the differences; by default 1e-6
     * @param atol the absolute difference that is still equal; 1e-5
     * @param rtol the relative difference that is still equal; 1e-3
     * @param raiseException whether a failed check throws, the default, or returns false
     * @param nondetTol the difference between two equal runs of backward that is still equal; 0
     * @param checkUndefinedGrad whether backward has to cope with outputs that have no gradient; true
     * @param checkForwardAd whether forward-mode derivatives are checked too; false
     * @param checkBackwardAd whether backward is checked; true
     */
    public record Options(
            double eps,
            double atol,
            double rtol,
            boolean raiseException,
            double nondetTol,
            boolean checkUndefinedGrad,
            boolean checkForwardAd,
            boolean checkBackwardAd) {

        private static final Options DEFAULT = new Options(1e-6, 1e-5, 1e-3, true, 0, true, false, true);

        public Options {
            if (!checkForwardAd && !checkBackwardAd) {
                throw new IllegalArgumentException(
                        "checkForwardAd and checkBackwardAd are false: nothing would be checked");
            }
        }

        public Options eps(double step) {
            return new Options(
                    step, atol, rtol, raiseException, nondetTol, checkUndefinedGrad, checkForwardAd, checkBackwardAd);
        }

        public Options atol(double tolerance) {
            return new Options(
                    eps,
                    tolerance,
                    rtol,
                    raiseException,
                    nondetTol,
                    checkUndefinedGrad,
                    checkForwardAd,
                    checkBackwardAd);
        }

        public Options rtol(double tolerance) {
            return new Options(
                    eps,
                    atol,
                    tolerance,
                    raiseException,
                    nondetTol,
                    checkUndefinedGrad,
                    checkForwardAd,
                    checkBackwardAd);
        }

        public Options raiseException(boolean raise) {
            return new Options(eps, atol, rtol, raise, nondetTol, checkUndefinedGrad, checkForwardAd, checkBackwardAd);
        }

        public Options nondetTol(double tolerance) {
            return new Options(
                    eps, atol, rtol, raiseException, tolerance, checkUndefinedGrad, checkForwardAd, checkBackwardAd);
        }

        public Options checkUndefinedGrad(boolean check) {
            return new Options(eps, atol, rtol, raiseException, nondetTol, check, checkForwardAd, checkBackwardAd);
        }

        public Options checkForwardAd(boolean check) {
            return new Options(eps, atol, rtol, raiseException, nondetTol, checkUndefinedGrad, check, checkBackwardAd);
        }

        public Options checkBackwardAd(boolean check) {
            return new Options(eps, atol, rtol, raiseException, nondetTol, checkUndefinedGrad, checkForwardAd, check);
        }
    }

    /** PyTorch's defaults. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** Checks a function of one tensor. */
    public static boolean gradcheck(UnaryOperator<Tensor> function, Tensor input) {
        return gradcheck(inputs -> List.of(function.apply(inputs.get(0))), List.of(input), options());
    }

    /** Checks a function of several tensors. */
    public static boolean gradcheck(Operation function, List<Tensor> inputs) {
        return gradcheck(function, inputs, options());
    }

    /**
     * Checks the gradients of all outputs with respect to the inputs that need a gradient.
     *
     * @return whether they are right
     * @throws GradCheckException if they are not, and {@code raiseException} is set
     * @throws IllegalArgumentException if no input needs a gradient
     */
    public static boolean gradcheck(Operation function, List<Tensor> inputs, Options options) {
        requireDerivable(inputs);
        try (GradMode on = Torch.enableGrad()) {
            new GradCheckRun(function, inputs, options).check();
            return true;
        } catch (GradCheckException e) {
            if (options.raiseException()) {
                throw e;
            }
            return false;
        }
    }

    /** Checks the gradients of gradients of a function of one tensor. */
    public static boolean gradgradcheck(UnaryOperator<Tensor> function, Tensor input) {
        return gradgradcheck(inputs -> List.of(function.apply(inputs.get(0))), List.of(input), options());
    }

    /** {@link #gradgradcheck(Operation, List, List, Options)} with random gradients of the outputs. */
    public static boolean gradgradcheck(Operation function, List<Tensor> inputs, Options options) {
        return gradgradcheck(function, inputs, List.of(), options);
    }

    /**
     * Checks the gradients of the gradients, with respect to the inputs and to the gradients of the outputs.
     *
     * @param gradOutputs the gradients of the outputs; empty for random ones
     */
    public static boolean gradgradcheck(
            Operation function, List<Tensor> inputs, List<Tensor> gradOutputs, Options options) {
        requireDerivable(inputs);
        List<Tensor> starts = gradOutputs.isEmpty() ? randomGradients(derivable(function.apply(inputs))) : gradOutputs;
        List<Tensor> all = new ArrayList<>(inputs);
        all.addAll(starts);
        return gradcheck(
                tensors -> gradients(
                        function, tensors.subList(0, inputs.size()), tensors.subList(inputs.size(), tensors.size())),
                all,
                options);
    }

    private static List<Tensor> gradients(Operation function, List<Tensor> inputs, List<Tensor> gradOutputs) {
        List<@Nullable Tensor> starts = new ArrayList<>(gradOutputs);
        return Collections.unmodifiableList(Autograd.grad(
                derivable(function.apply(inputs)),
                derivable(inputs),
                GradOptions.options().gradOutputs(starts).createGraph(true).materializeGrads(true)));
    }

    private static List<Tensor> randomGradients(List<Tensor> outputs) {
        return outputs.stream()
                .map(output -> Torch.randnLike(output.detach()).requiresGrad_())
                .toList();
    }

    static List<Tensor> derivable(List<Tensor> tensors) {
        return tensors.stream().filter(Tensor::requiresGrad).toList();
    }

    private static void requireDerivable(List<Tensor> inputs) {
        if (inputs.stream().noneMatch(Tensor::requiresGrad)) {
            throw new IllegalArgumentException(
                    "none of the inputs needs a gradient; one or more with requiresGrad_() are expected");
        }
    }
}
