package org.torchbridge.optim;

import java.util.Map;
import java.util.Set;
import org.torchbridge.internal.Records;
import org.torchbridge.internal.TensorList;
import org.torchbridge.nn.Parameter;

/**
 * Stochastic gradient descent that also keeps the mean of the parameters, {@code ax} in the state dict:
 *
 * <pre>
 * p = (1 - lambd · η) · p - η · g
 * ax = ax + μ · (p - ax)
 * η = lr / (1 + lambd · lr · t)^alpha,  μ = 1 / max(1, t - t0)
 * </pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.ASGD.html">ASGD</a>.
 */
public final class ASGD extends Optimizer<ASGD.Options> {
    private static final String ETA = "eta";
    private static final String MU = "mu";
    private static final GroupKeys KEYS = new GroupKeys(
            "lr", "lambd", "alpha", "t0", "weight_decay=0", "foreach", "maximize", "differentiable", "capturable");

    /**
     * lr 1e-2, lambd 1e-4, alpha 0.75, t0 1e6, no weight decay, unless set otherwise.
     *
     * @param lambd how fast the parameters and the learning rate fall
     * @param alpha the power of the learning rate's fall
     * @param t0 the step at which averaging begins
     * @param weightDecay how much of the parameter is added to its gradient
     * @param maximize whether to go up instead of down
     */
    public record Options(double lr, double lambd, double alpha, double t0, double weightDecay, boolean maximize)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(1e-2, 1e-4, 0.75, 1e6, 0, false);

        public Options {
            Requirements.notNegative("lr", lr);
            Requirements.notNegative("weightDecay", weightDecay);
        }

        @Override
        public Options lr(double lr) {
            return Records.with(this, "lr", lr);
        }

        public Options lambd(double lambd) {
            return Records.with(this, "lambd", lambd);
        }

        public Options alpha(double alpha) {
            return Records.with(this, "alpha", alpha);
        }

        public Options t0(double t0) {
            return Records.with(this, "t0", t0);
        }

        public Options weightDecay(double weightDecay) {
            return Records.with(this, "weightDecay", weightDecay);
        }

        public Options maximize(boolean maximize) {
            return Records.with(this, "maximize", maximize);
        }
    }

    public ASGD(Iterable<Parameter> params) {
        this(params, options());
    }

    public ASGD(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public ASGD(Iterable<Parameter> params, Options options) {
        super(KEYS, params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public ASGD(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    Set<String> namesOfNumbers() {
        return Set.of(ETA, MU);
    }

    @Override
    void update(Batch batch, Options options) {
        long step = batch.step();
        double eta = batch.number(ETA, options.lr());
        double mu = batch.number(MU, 1);
        TensorList parameters = batch.parameters();
        TensorList gradients = batch.gradients(options.maximize(), options.weightDecay());
        TensorList averages = batch.state("ax");
        parameters.mul_(1 - options.lambd() * eta).add_(gradients, -eta);
        if (mu == 1) {
            averages.copy_(parameters);
        } else {
            averages.add_(parameters.sub(averages).mul_(mu), 1);
        }
        batch.setNumber(ETA, options.lr() / Math.pow(1 + options.lambd() * options.lr() * step, options.alpha()));
        batch.setNumber(MU, 1 / Math.max(1, step - options.t0()));
    }
}
