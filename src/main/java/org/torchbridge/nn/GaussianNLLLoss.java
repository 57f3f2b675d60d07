package org.torchbridge.nn;

import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Records;

/**
 * The negative log likelihood of the target y under a normal distribution with the mean x, the input, and a variance:
 * (log v + (x - y)² / v) / 2, where v is the variance, at least eps. Input and target have the same shape, or are
 * broadcast to one; the variance has the input's shape, or lacks its last dimension, or has one dimension of size 1.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html">GaussianNLLLoss</a>.
 */
public class GaussianNLLLoss extends Module {
    private final Options options;

    /**
     * Without the constant, eps 1e-6, the mean, unless set otherwise.
     *
     * @param full whether to add the constant log(2 π) / 2
     * @param eps the least variance; the gradient is that of the variance itself
     */
    public record Options(boolean full, double eps, Reduction reduction) {
        private static final Options DEFAULT = new Options(false, 1e-6, Reduction.MEAN);

        public Options full(boolean full) {
            return Records.with(this, "full", full);
        }

        public Options eps(double eps) {
            return Records.with(this, "eps", eps);
        }

        public Options reduction(Reduction reduction) {
            return Records.with(this, "reduction", reduction);
        }
    }

    public GaussianNLLLoss() {
        this(options());
    }

    public GaussianNLLLoss(Options options) {
        this.options = options;
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** The options this loss was made with. */
    public Options settings() {
        return options;
    }

    /** The loss of the means {@code input} with the variances {@code var}. */
    public Tensor forward(Tensor input, Tensor target, Tensor var) {
        return Functional.gaussianNllLoss(input, target, var, options);
    }

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Tensor call(Tensor input, Tensor target, Tensor var) {
        return hooked(
                inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1), (Tensor) inputs.get(2)),
                input,
                target,
                var);
    }

    /** {@link #call(Tensor, Tensor, Tensor)} with one variance for all. */
    public final Tensor call(Tensor input, Tensor target, double var) {
        return call(input, target, Torch.fullLike(input, var));
    }
}
