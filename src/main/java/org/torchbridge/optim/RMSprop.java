package org.torchbridge.optim;

import org.torchbridge.Tensor;
import org.torchbridge.nn.Parameter;

/**
 * RMSprop: gradients divided by the root of a running mean of their square.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html">RMSprop</a>.
 */
public final class RMSprop extends Optimizer<RMSprop.Options> {

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
            return new Options(lr, alpha, eps, weightDecay, momentum, centered, maximize);
        }

        public Options alpha(double alpha) {
            return new Options(lr, alpha, eps, weightDecay, momentum, centered, maximize);
        }

        public Options eps(double eps) {
            return new Options(lr, alpha, eps, weightDecay, momentum, centered, maximize);
        }

        public Options weightDecay(double weightDecay) {
            return new Options(lr, alpha, eps, weightDecay, momentum, centered, maximize);
        }

        public Options momentum(double momentum) {
            return new Options(lr, alpha, eps, weightDecay, momentum, centered, maximize);
        }

        public Options centered(boolean centered) {
            return new Options(lr, alpha, eps, weightDecay, momentum, centered, maximize);
        }

        public Options maximize(boolean maximize) {
            return new Options(lr, alpha, eps, weightDecay, momentum, centered, maximize);
        }
    }

    public RMSprop(Iterable<Parameter> parameters, double lr) {
        this(parameters, options().lr(lr));
    }

    public RMSprop(Iterable<Parameter> parameters, Options options) {
        super(parameters, options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    void update(Batch batch, Options options) {
        for (int i = 0; i < batch.states().size(); i++) {
            update(batch.states().get(i), batch.gradient(i), options);
        }
    }

    private static void update(ParameterState state, Tensor given, Options options) {
        Tensor parameter = state.parameter();
        Tensor gradient = options.maximize() ? given.neg() : given;
        if (options.weightDecay() != 0) {
            gradient = gradient.add(parameter, options.weightDecay());
        }
        Tensor squareAvg = state.tensor("square_avg");
        squareAvg.mul_(options.alpha()).addcmul_(gradient, gradient, 1 - options.alpha());
        Tensor divisor = root(state, squareAvg, gradient, options).add_(options.eps());
        if (options.momentum() > 0) {
            Tensor momentum = state.tensor("momentum_buffer");
            momentum.mul_(options.momentum()).addcdiv_(gradient, divisor);
            parameter.add_(momentum, -options.lr());
        } else {
            parameter.addcdiv_(gradient, divisor, -options.lr());
        }
    }

    private static Tensor root(ParameterState state, Tensor squareAvg, Tensor gradient, Options options) {
        if (!options.centered()) {
            return squareAvg.sqrt();
        }
        Tensor gradientAvg = state.tensor("grad_avg");
        gradientAvg.mul_(options.alpha()).add_(gradient, 1 - options.alpha());
        return squareAvg.addcmul(gradientAvg, gradientAvg, -1).sqrt_();
    }
}
