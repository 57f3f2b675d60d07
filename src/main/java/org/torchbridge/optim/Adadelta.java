package org.torchbridge.optim;

import java.util.Map;
import org.torchbridge.internal.Records;
import org.torchbridge.internal.TensorList;
import org.torchbridge.nn.Parameter;

/**
 * Adadelta: steps in the ratio of the running means of the squares of earlier steps and gradients:
 *
 * <pre>
 * v = rho · v + (1 - rho) · g²
 * d = √(u + eps) / √(v + eps) · g
 * u = rho · u + (1 - rho) · d²
 * p = p - lr · d
 * </pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.Adadelta.html">Adadelta</a>.
 */
public final class Adadelta extends Optimizer<Adadelta.Options> {
    private static final GroupKeys KEYS =
            new GroupKeys("lr", "rho", "eps", "weight_decay=0", "maximize", "capturable", "foreach", "differentiable");

    /**
     * lr 1, rho 0.9, eps 1e-6, no weight decay, unless set otherwise.
     *
     * @param rho how much is kept of the running means
     * @param eps what is added to both means
     * @param weightDecay how much of the parameter is added to its gradient
     * @param maximize whether to go up instead of down
     */
    public record Options(double lr, double rho, double eps, double weightDecay, boolean maximize)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(1, 0.9, 1e-6, 0, false);

        public Options {
            Requirements.notNegative("lr", lr);
            Requirements.atMostOne("rho", rho);
            Requirements.notNegative("eps", eps);
            Requirements.notNegative("weightDecay", weightDecay);
        }

        @Override
        public Options lr(double lr) {
            return Records.with(this, "lr", lr);
        }

        public Options rho(double rho) {
            return Records.with(this, "rho", rho);
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

    public Adadelta(Iterable<Parameter> params) {
        this(params, options());
    }

    public Adadelta(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public Adadelta(Iterable<Parameter> params, Options options) {
        super(KEYS, params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public Adadelta(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    void update(Batch batch, Options options) {
        double rho = options.rho();
        TensorList gradients = batch.gradients(options.maximize(), options.weightDecay());
        TensorList square = batch.state("square_avg").mul_(rho).addcmul_(gradients, gradients, 1 - rho);
        TensorList steps = batch.state("acc_delta");
        TensorList divisor = square.add(options.eps()).sqrt_();
        TensorList change = steps.add(options.eps()).sqrt_().div_(divisor).mul_(gradients);
        steps.mul_(rho).addcmul_(change, change, 1 - rho);
        batch.parameters().add_(change, -options.lr());
    }
}
