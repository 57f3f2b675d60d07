package org.torchbridge.optim;

import org.torchbridge.internal.NativeOperators;
import org.torchbridge.nn.Parameter;

/**
 * Stochastic gradient descent, with momentum if wanted.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.SGD.html">SGD</a>.
 */
public final class SGD extends Optimizer<SGD.Options> {
    private static final String MOMENTUM_BUFFER = "momentum_buffer";

    /**
     * lr 1e-3, all others 0 or false, unless set otherwise.
     *
     * @param momentum the share of the step before in a step
     * @param dampening the share of the gradient that does not go into the momentum
     * @param weightDecay how much of the parameter is added to its gradient
     * @param nesterov whether to look ahead by the momentum
     * @param maximize whether to go up instead of down
     */
    public record Options(
            double lr, double momentum, double dampening, double weightDecay, boolean nesterov, boolean maximize)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(1e-3, 0, 0, 0, false, false);

        public Options {
            Requirements.notNegative("lr", lr);
            Requirements.notNegative("momentum", momentum);
            Requirements.notNegative("weightDecay", weightDecay);
        }

        @Override
        public Options lr(double lr) {
            return new Options(lr, momentum, dampening, weightDecay, nesterov, maximize);
        }

        public Options momentum(double momentum) {
            return new Options(lr, momentum, dampening, weightDecay, nesterov, maximize);
        }

        public Options dampening(double dampening) {
            return new Options(lr, momentum, dampening, weightDecay, nesterov, maximize);
        }

        public Options weightDecay(double weightDecay) {
            return new Options(lr, momentum, dampening, weightDecay, nesterov, maximize);
        }

        public Options nesterov(boolean nesterov) {
            return new Options(lr, momentum, dampening, weightDecay, nesterov, maximize);
        }

        public Options maximize(boolean maximize) {
            return new Options(lr, momentum, dampening, weightDecay, nesterov, maximize);
        }
    }

    public SGD(Iterable<Parameter> parameters, double lr) {
        this(parameters, options().lr(lr));
    }

    public SGD(Iterable<Parameter> parameters, Options options) {
        super(parameters, options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    void update(Batch batch, Options options) {
        // Checked here and not in the options, whose setters come in any order.
        if (options.nesterov() && (options.momentum() == 0 || options.dampening() != 0)) {
            throw new IllegalArgumentException("Nesterov momentum requires a momentum and zero dampening");
        }
        boolean first = batch.isFresh();
        NativeOperators._fused_sgd_(
                batch.parameterHandles(),
                batch.gradientHandles(),
                options.momentum() == 0 ? new long[0] : batch.stateHandles(MOMENTUM_BUFFER),
                options.weightDecay(),
                options.momentum(),
                options.lr(),
                options.dampening(),
                options.nesterov(),
                options.maximize(),
                first,
                0,
                0);
    }
}
