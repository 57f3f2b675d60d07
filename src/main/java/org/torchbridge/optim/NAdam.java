package org.torchbridge.optim;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.torchbridge.internal.Records;
import org.torchbridge.internal.TensorList;
import org.torchbridge.nn.Parameter;

/**
 * Adam with Nesterov momentum:
 *
 * <pre>
 * μ(t) = beta1 · (1 - 0.96^(t · momentumDecay) / 2)
 * p = p - lr · ((1 - μ(t)) · g / (1 - Πμ(1..t)) + μ(t+1) · m / (1 - Πμ(1..t+1))) / (√(v / (1 - beta2^t)) + eps)
 * </pre>
 *
 * <p>with the running means m of the gradient and v of its square, as in {@link Adam}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.NAdam.html">NAdam</a>.
 */
public final class NAdam extends Optimizer<NAdam.Options> {
    private static final String MU_PRODUCT = "mu_product";
    private static final double MOMENTUM_BASE = 0.96;
    private static final GroupKeys KEYS = new GroupKeys(
            "lr",
            "betas",
            "eps",
            "weight_decay=0",
            "momentum_decay",
            "decoupled_weight_decay",
            "maximize",
            "foreach",
            "capturable",
            "differentiable");

    /**
     * lr 2e-3, betas 0.9 and 0.999, eps 1e-8, momentumDecay 4e-3, no weight decay, unless set otherwise.
     *
     * @param betas how much is kept of the running mean of the gradient, and of that of its square
     * @param eps what is added to the divisor
     * @param weightDecay how much of the parameter is added to its gradient
     * @param momentumDecay how fast the momentum comes near beta1
     * @param decoupledWeightDecay whether the parameters shrink by the factor 1 - lr · weightDecay instead, as in {@link AdamW}
     * @param maximize whether to go up instead of down
     */
    public record Options(
            double lr,
            List<Double> betas,
            double eps,
            double weightDecay,
            double momentumDecay,
            boolean decoupledWeightDecay,
            boolean maximize)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(2e-3, List.of(0.9, 0.999), 1e-8, 0, 4e-3, false, false);

        public Options {
            Requirements.notNegative("lr", lr);
            Requirements.betas(betas);
            Requirements.notNegative("eps", eps);
            Requirements.notNegative("weightDecay", weightDecay);
            Requirements.notNegative("momentumDecay", momentumDecay);
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

        public Options momentumDecay(double momentumDecay) {
            return Records.with(this, "momentumDecay", momentumDecay);
        }

        public Options decoupledWeightDecay(boolean decoupledWeightDecay) {
            return Records.with(this, "decoupledWeightDecay", decoupledWeightDecay);
        }

        public Options maximize(boolean maximize) {
            return Records.with(this, "maximize", maximize);
        }
    }

    public NAdam(Iterable<Parameter> params) {
        this(params, options());
    }

    public NAdam(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public NAdam(Iterable<Parameter> params, Options options) {
        super(KEYS, params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public NAdam(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    Set<String> namesOfNumbers() {
        return Set.of(MU_PRODUCT);
    }

    @Override
    void update(Batch batch, Options options) {
        double beta1 = options.betas().get(0);
        double beta2 = options.betas().get(1);
        long step = batch.step();
        double mu = mu(step, options);
        double muNext = mu(step + 1, options);
        // A product of float32 numbers, as Python keeps it in a tensor.
        float muProduct = batch.number(MU_PRODUCT, 1) * (float) mu;
        batch.setNumber(MU_PRODUCT, muProduct);

        TensorList parameters = batch.parameters();
        double coupledDecay = options.decoupledWeightDecay() ? 0 : options.weightDecay();
        TensorList gradients = batch.gradients(options.maximize(), coupledDecay);
        if (options.decoupledWeightDecay()) {
            parameters.mul_(1 - options.lr() * options.weightDecay());
        }
        TensorList mean = batch.state("exp_avg").mul_(beta1).add_(gradients, 1 - beta1);
        TensorList square = batch.state("exp_avg_sq").mul_(beta2).addcmul_(gradients, gradients, 1 - beta2);
        TensorList divisor = square.div(1 - Math.pow(beta2, step)).sqrt_().add_(options.eps());
        parameters.addcdiv_(gradients, divisor, -options.lr() * (1 - mu) / (1 - (double) muProduct));
        parameters.addcdiv_(mean, divisor, -options.lr() * muNext / (1 - muProduct * muNext));
    }

    private static double mu(long step, Options options) {
        return options.betas().get(0) * (1 - 0.5 * Math.pow(MOMENTUM_BASE, step * options.momentumDecay()));
    }
}
