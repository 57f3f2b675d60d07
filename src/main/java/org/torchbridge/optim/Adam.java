package org.torchbridge.optim;

import java.util.List;
import java.util.Map;
import org.torchbridge.Tensor;
import org.torchbridge.internal.NativeOperators;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Parameter;

/**
 * Adam: steps scaled by running means of the gradient and its square:
 *
 * <pre>
 * m = beta1 · m + (1 - beta1) · g
 * v = beta2 · v + (1 - beta2) · g²
 * p = p - lr · m / (1 - beta1^t) / (√(v / (1 - beta2^t)) + eps)
 * </pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.Adam.html">Adam</a>.
 */
public class Adam extends Optimizer<Adam.Options> {
    private static final GroupKeys KEYS = new GroupKeys(
            "lr",
            "betas",
            "eps",
            "weight_decay=0",
            "amsgrad",
            "maximize",
            "foreach",
            "capturable",
            "differentiable",
            "fused",
            "decoupled_weight_decay");

    /**
     * lr 1e-3, betas 0.9 and 0.999, eps 1e-8, no weight decay, unless set otherwise.
     *
     * @param betas how much is kept of the running mean of the gradient, and of that of its square
     * @param eps what is added to the divisor
     * @param weightDecay how much of the parameter is added to its gradient
     * @param amsgrad whether to use the largest running mean of the square so far
     * @param maximize whether to go up instead of down
     * @param decoupledWeightDecay whether the parameters shrink by the factor 1 - lr · weightDecay instead, as in {@link AdamW}
     */
    public record Options(
            double lr,
            List<Double> betas,
            double eps,
            double weightDecay,
            boolean amsgrad,
            boolean maximize,
            boolean decoupledWeightDecay)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(1e-3, List.of(0.9, 0.999), 1e-8, 0, false, false, false);

        public Options {
            Requirements.notNegative("lr", lr);
            Requirements.betas(betas);
            Requirements.notNegative("eps", eps);
            Requirements.notNegative("weightDecay", weightDecay);
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

        public Options weightDecay(double weightDecay) {
            return Records.with(this, "weightDecay", weightDecay);
        }

        public Options amsgrad(boolean amsgrad) {
            return Records.with(this, "amsgrad", amsgrad);
        }

        public Options maximize(boolean maximize) {
            return Records.with(this, "maximize", maximize);
        }

        public Options decoupledWeightDecay(boolean decoupledWeightDecay) {
            return Records.with(this, "decoupledWeightDecay", decoupledWeightDecay);
        }
    }

    /** Both fused operators have the same arguments. */
    private interface FusedOperator {
        void call(
                long[] parameters,
                long[] gradients,
                long[] expAvgs,
                long[] expAvgSqs,
                long[] maxExpAvgSqs,
                long[] steps,
                double lr,
                double beta1,
                double beta2,
                double weightDecay,
                double eps,
                boolean amsgrad,
                boolean maximize,
                long gradScale,
                long foundInf);
    }

    public Adam(Iterable<Parameter> params) {
        this(params, options());
    }

    public Adam(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public Adam(Iterable<Parameter> params, Options options) {
        this(params, options, options());
    }

    Adam(Iterable<Parameter> params, Options options, Options original) {
        super(KEYS, params, options, original);
    }

    /** For parameters whose names the state dict is to have. */
    public Adam(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    final void update(Batch batch, Options options) {
        FusedOperator operator =
                options.decoupledWeightDecay() ? NativeOperators::_fused_adamw_ : NativeOperators::_fused_adam_;
        operator.call(
                batch.parameters().handles(),
                batch.gradients().handles(),
                batch.state("exp_avg").handles(),
                batch.state("exp_avg_sq").handles(),
                options.amsgrad() ? batch.state("max_exp_avg_sq").handles() : new long[0],
                batch.stepHandles(),
                options.lr(),
                options.betas().get(0),
                options.betas().get(1),
                options.weightDecay(),
                options.eps(),
                options.amsgrad(),
                options.maximize(),
                0,
                0);
    }

    @Override
    final void updateSparse(ParameterState state, Tensor gradient, Options options) {
        throw new IllegalArgumentException(
                getClass().getSimpleName() + " does not support sparse gradients, please consider SparseAdam instead");
    }
}
