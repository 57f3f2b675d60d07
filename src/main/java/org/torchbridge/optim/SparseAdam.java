package org.torchbridge.optim;

import java.util.List;
import java.util.Map;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Parameter;

/**
 * Adam for sparse gradients: only the elements that a gradient has are changed, and only their running means:
 *
 * <pre>
 * m = m + (1 - beta1) · (g - m)
 * v = v + (1 - beta2) · (g² - v)
 * p = p - lr · √(1 - beta2^t) / (1 - beta1^t) · m / (√v + eps)
 * </pre>
 *
 * <p>Dense gradients are refused; {@link Adam} is for them.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.SparseAdam.html">SparseAdam</a>.
 */
public final class SparseAdam extends Optimizer<SparseAdam.Options> {
    private static final GroupKeys KEYS = new GroupKeys("lr", "betas", "eps", "maximize");

    /**
     * lr 1e-3, betas 0.9 and 0.999, eps 1e-8, unless set otherwise.
     *
     * @param betas how much is kept of the running mean of the gradient, and of that of its square
     * @param eps what is added to the divisor
     * @param maximize whether to go up instead of down
     */
    public record Options(double lr, List<Double> betas, double eps, boolean maximize)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(1e-3, List.of(0.9, 0.999), 1e-8, false);

        public Options {
            Requirements.positive("lr", lr);
            Requirements.betas(betas);
            Requirements.positive("eps", eps);
        }

        @Override
        public Options lr(double lr) {
            return Records.with(this, "lr", lr);
        }

        public Options betas(double beta1, double beta2) {
            return Records.with(this, "betas", List.of(beta1, beta2));
        }

        public Options eps(double eps) {
            return Records.with(this, "eps", eps);
        }

        public Options maximize(boolean maximize) {
            return Records.with(this, "maximize", maximize);
        }
    }

    public SparseAdam(Iterable<Parameter> params) {
        this(params, options());
    }

    public SparseAdam(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public SparseAdam(Iterable<Parameter> params, Options options) {
        super(KEYS, params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public SparseAdam(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    Object step(ParameterState state) {
        return state.steps();
    }

    @Override
    void update(Batch batch, Options options) {
        throw new IllegalArgumentException("SparseAdam does not support dense gradients, please consider Adam instead");
    }

    @Override
    void updateSparse(ParameterState state, Tensor given, Options options) {
        double beta1 = options.betas().get(0);
        double beta2 = options.betas().get(1);
        long step = state.steps() + 1;
        SparseGradient gradient = SparseGradient.of(given, options.maximize());
        Tensor mean = moved(state.tensor("exp_avg"), gradient.values(), 1 - beta1, gradient);
        Tensor square = moved(state.tensor("exp_avg_sq"), gradient.values().square(), 1 - beta2, gradient);
        double lr = options.lr() * Math.sqrt(1 - Math.pow(beta2, step)) / (1 - Math.pow(beta1, step));
        Tensor change = mean.div_(square.sqrt_().add_(options.eps())).mul_(-lr);
        state.parameter().add_(gradient.with(change));
    }

    /** Moves a running mean towards {@code values} where the gradient has elements; returns what it is there now. */
    private static Tensor moved(Tensor mean, Tensor values, double share, SparseGradient gradient) {
        Tensor old = gradient.elementsOf(mean);
        Tensor change = values.sub(old).mul_(share);
        mean.add_(gradient.with(change));
        return change.add(old);
    }
}
