package org.torchbridge.optim;

import java.util.List;
import java.util.Map;
import org.torchbridge.internal.Records;
import org.torchbridge.internal.TensorList;
import org.torchbridge.nn.Parameter;

/**
 * Adam with the largest instead of the mean of the squares:
 *
 * <pre>
 * m = beta1 · m + (1 - beta1) · g
 * u = max(beta2 · u, |g| + eps)
 * p = p - lr · m / ((1 - beta1^t) · u)
 * </pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.Adamax.html">Adamax</a>.
 */
public final class Adamax extends Optimizer<Adamax.Options> {
    private static final GroupKeys KEYS = new GroupKeys(
            "lr", "betas", "eps", "weight_decay=0", "foreach", "maximize", "differentiable", "capturable");

    /**
     * lr 2e-3, betas 0.9 and 0.999, eps 1e-8, no weight decay, unless set otherwise.
     *
     * @param betas how much is kept of the running mean of the gradient, and of its largest size
     * @param eps what is added to the gradient's size
     * @param weightDecay how much of the parameter is added to its gradient
     * @param maximize whether to go up instead of down
     */
    public record Options(double lr, List<Double> betas, double eps, double weightDecay, boolean maximize)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(2e-3, List.of(0.9, 0.999), 1e-8, 0, false);

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
    }

    public Adamax(Iterable<Parameter> params) {
        this(params, options());
    }

    public Adamax(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public Adamax(Iterable<Parameter> params, Options options) {
        super(KEYS, params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public Adamax(Map<String, Parameter> params, Options options) {
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
        TensorList gradients = batch.gradients(options.maximize(), options.weightDecay());
        TensorList mean = batch.state("exp_avg").mul_(beta1).add_(gradients, 1 - beta1);
        TensorList largest =
                batch.state("exp_inf").mul_(beta2).maximum_(gradients.abs().add_(options.eps()));
        batch.parameters().addcdiv_(mean, largest, -options.lr() / (1 - Math.pow(beta1, batch.step())));
    }
}
