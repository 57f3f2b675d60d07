package org.torchbridge.nn;

import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * The negative log likelihood of counts y, the target, under a Poisson distribution whose rate, or the logarithm of it,
 * is the input x: exp(x) - y · x, or x - y · log(x + eps). Any shape, the same for both.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html">PoissonNLLLoss</a>.
 */
public class PoissonNLLLoss extends ReducedLoss {
    private final Options options;

    /**
     * The input is the logarithm, without Stirling's term, eps 1e-8, the mean, unless set otherwise.
     *
     * @param logInput whether the input is the rate's logarithm
     * @param full whether to add y · log y - y + log(2 π y) / 2 where y is more than 1, which stands for log(y!)
     * @param eps keeps the logarithm finite if the input is the rate itself
     */
    public record Options(boolean logInput, boolean full, double eps, Reduction reduction) {
        private static final Options DEFAULT = new Options(true, false, 1e-8, Reduction.MEAN);

        public Options logInput(boolean logInput) {
            return Records.with(this, "logInput", logInput);
        }

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

    public PoissonNLLLoss() {
        this(options());
    }

    public PoissonNLLLoss(Options options) {
        super(options.reduction());
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

    @Override
    public Tensor forward(Tensor input, Tensor target) {
        return Functional.poissonNllLoss(input, target, options);
    }
}
