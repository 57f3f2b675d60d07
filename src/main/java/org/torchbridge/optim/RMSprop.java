package org.torchbridge.optim;

import java.util.Map;
import org.torchbridge.internal.Records;
import org.torchbridge.internal.TensorList;
import org.torchbridge.nn.Parameter;

/**
 * RMSprop: gradients divided by the root of a running mean of their square:
 *
 * <pre>
 * v = alpha · v + (1 - alpha) · g²
 * b = momentum · b + g / (√v + eps)    (centered: of v less the square of the running mean of g)
 * p = p - lr · b
 * </pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html">RMSprop</a>.
 */
public final class RMSprop extends Optimizer<RMSprop.Options> {
    private static final GroupKeys KEYS = new GroupKeys(
            "lr",
            "momentum=0",
            "alpha",
            "eps",
            "centered",
            "weight_decay=0",
            "capturable",
            "foreach",
            "maximize",
            "differentiable");

    /**
     * lr 1e-2, alpha 0.99, eps 1e-8, all others 0 or false, unless set otherwise.
     *
     * @param alpha how much of the running mean is kept
     * @param eps what is added to the divisor
     * @param weightDecay how much of the parameter is added to its gradient
     * @param momentum the share of the step before in a step
     * @param centered whether to divide by the variance instead of the mean of the square
     * @param maximize whether to go up instead of down
     */
    public record Options(
            double lr,
            double alpha,
            double eps,
            double weightDecay,
            double momentum,
            boolean centered,
            boolean maximize)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(1e-2, 0.99, 1e-8, 0, 0, false, false);

        public Options {
            Requirements.notNegative("lr", lr);
            Requirements.notNegative("alpha", alpha);
            Requirements.notNegative("eps", eps);
            Requirements.notNegative("weightDecay", weightDecay);
            Requirements.notNegative("momentum", momentum);
        }

        @Override
        public Options lr(double lr) {
            return Records.with(this, "lr", lr);
        }

        public Options alpha(double alpha) {
            return Records.with(this, "alpha", alpha);
        }

        public Options eps(double eps) {
            return Records.with(this, "eps", eps);
        }

        public Options weightDecay(double weightDecay) {
            return Records.with(this, "weightDecay", weightDecay);
        }

        public Options momentum(double momentum) {
            return Records.with(this, "momentum", momentum);
        }

        public Options centered(boolean centered) {
            return Records.with(this, "centered", centered);
        }

        public Options maximize(boolean maximize) {
            return Records.with(this, "maximize", maximize);
        }
    }

    public RMSprop(Iterable<Parameter> params) {
        this(params, options());
    }

    public RMSprop(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public RMSprop(Iterable<Parameter> params, Options options) {
        super(KEYS, params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public RMSprop(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    void update(Batch batch, Options options) {
        double alpha = options.alpha();
        TensorList gradients = batch.gradients(options.maximize(), options.weightDecay());
        TensorList square = batch.state("square_avg").mul_(alpha).addcmul_(gradients, gradients, 1 - alpha);
        if (options.momentum() == 0) {
            batch.parameters().addcdiv_(gradients, divisor(batch, square, gradients, options), -options.lr());
        } else {
            TensorList momentum = batch.state("momentum_buffer");
            momentum.mul_(options.momentum()).addcdiv_(gradients, divisor(batch, square, gradients, options), 1);
            batch.parameters().add_(momentum, -options.lr());
        }
    }

    private static TensorList divisor(Batch batch, TensorList square, TensorList gradients, Options options) {
        if (!options.centered()) {
            return square.sqrt().add_(options.eps());
        }
        TensorList mean = batch.state("grad_avg").mul_(options.alpha()).add_(gradients, 1 - options.alpha());
        return square.addcmul(mean, mean, -1).sqrt_().add_(options.eps());
    }
}
