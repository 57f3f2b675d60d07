package org.torchbridge.optim;

import java.util.List;
import java.util.Map;
import org.torchbridge.internal.Records;
import org.torchbridge.internal.TensorList;
import org.torchbridge.nn.Parameter;

/**
 * Adam whose first steps are rectified, as long as the running mean of the square has seen too little:
 *
 * <pre>
 * ρ∞ = 2 / (1 - beta2) - 1
 * ρ = ρ∞ - 2 t · beta2^t / (1 - beta2^t)
 * r = √((ρ - 4) (ρ - 2) ρ∞ / ((ρ∞ - 4) (ρ∞ - 2) ρ))
 * p = p - lr · m / (1 - beta1^t) · r · √(1 - beta2^t) / (√v + eps)    if ρ &gt; 5
 * p = p - lr · m / (1 - beta1^t)                                      otherwise
 * </pre>
 *
 * <p>with the running means m of the gradient and v of its square, as in {@link Adam}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.RAdam.html">RAdam</a>.
 */
public final class RAdam extends Optimizer<RAdam.Options> {
    /** The variance is infinite unless the approximated moving average is at least this long. */
    private static final double LEAST_LENGTH = 5;

    private static final GroupKeys KEYS = new GroupKeys(
            "lr",
            "betas",
            "eps",
            "weight_decay=0",
            "maximize",
            "foreach",
            "capturable",
            "decoupled_weight_decay",
            "differentiable");

    /**
     * lr 1e-3, betas 0.9 and 0.999, eps 1e-8, no weight decay, unless set otherwise.
     *
     * @param betas how much is kept of the running mean of the gradient, and of that of its square
     * @param eps what is added to the divisor
     * @param weightDecay how much of the parameter is added to its gradient
     * @param maximize whether to go up instead of down
     * @param decoupledWeightDecay whether the parameters shrink by the factor 1 - lr · weightDecay instead, as in {@link AdamW}
     */
    public record Options(
            double lr,
            List<Double> betas,
            double eps,
            double weightDecay,
            boolean maximize,
            boolean decoupledWeightDecay)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(1e-3, List.of(0.9, 0.999), 1e-8, 0, false, false);

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

        public Options maximize(boolean maximize) {
            return Records.with(this, "maximize", maximize);
        }

        public Options decoupledWeightDecay(boolean decoupledWeightDecay) {
            return Records.with(this, "decoupledWeightDecay", decoupledWeightDecay);
        }
    }

    public RAdam(Iterable<Parameter> params) {
        this(params, options());
    }

    public RAdam(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public RAdam(Iterable<Parameter> params, Options options) {
        super(KEYS, params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public RAdam(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    void update(Batch batch, Options options) {
        double beta1 = options.betas().get(0);
        double beta2 = options.betas().get(1);
        long step = batch.step();
        TensorList parameters = batch.parameters();
        double coupledDecay = options.decoupledWeightDecay() ? 0 : options.weightDecay();
        TensorList gradients = batch.gradients(options.maximize(), coupledDecay);
        if (options.decoupledWeightDecay()) {
            parameters.mul_(1 - options.lr() * options.weightDecay());
        }
        TensorList mean = batch.state("exp_avg").mul_(beta1).add_(gradients, 1 - beta1);
        TensorList square = batch.state("exp_avg_sq").mul_(beta2).addcmul_(gradients, gradients, 1 - beta2);
        TensorList change = mean.div(1 - Math.pow(beta1, step)).mul_(options.lr());
        double squareShare = 1 - Math.pow(beta2, step);
        double longest = 2 / (1 - beta2) - 1;
        double length = longest - 2 * step * Math.pow(beta2, step) / squareShare;
        if (length > LEAST_LENGTH) {
            double rectification =
                    Math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
            change.mul_(square.sqrt().add_(options.eps()).reciprocal_().mul_(Math.sqrt(squareShare)))
                    .mul_(rectification);
        }
        parameters.add_(change, -1);
    }
}
