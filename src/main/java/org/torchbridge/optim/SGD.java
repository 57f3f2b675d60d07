package org.torchbridge.optim;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.NativeOperators;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Parameter;

/**
 * Stochastic gradient descent, with momentum if wanted:
 *
 * <pre>
 * b = momentum · b + (1 - dampening) · g    (at first b = g)
 * p = p - lr · b                            (with nesterov: p - lr · (g + momentum · b))
 * </pre>
 *
 * <p>Sparse gradients are taken as they are, without weight decay.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.SGD.html">SGD</a>.
 */
public final class SGD extends Optimizer<SGD.Options> {
    private static final String MOMENTUM_BUFFER = "momentum_buffer";
    private static final GroupKeys KEYS = new GroupKeys(
            "lr",
            "momentum=0",
            "dampening=0",
            "weight_decay=0",
            "nesterov",
            "maximize",
            "foreach",
            "differentiable",
            "fused");

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
            return Records.with(this, "lr", lr);
        }

        public Options momentum(double momentum) {
            return Records.with(this, "momentum", momentum);
        }

        public Options dampening(double dampening) {
            return Records.with(this, "dampening", dampening);
        }

        public Options weightDecay(double weightDecay) {
            return Records.with(this, "weightDecay", weightDecay);
        }

        public Options nesterov(boolean nesterov) {
            return Records.with(this, "nesterov", nesterov);
        }

        public Options maximize(boolean maximize) {
            return Records.with(this, "maximize", maximize);
        }
    }

    public SGD(Iterable<Parameter> params) {
        this(params, options());
    }

    public SGD(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public SGD(Iterable<Parameter> params, Options options) {
        super(KEYS, params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public SGD(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    Options checked(Options options) {
        if (options.nesterov() && (options.momentum() == 0 || options.dampening() != 0)) {
            throw new IllegalArgumentException("Nesterov momentum requires a momentum and zero dampening");
        }
        return options;
    }

    @Override
    @Nullable
    Object step(ParameterState state) {
        return null;
    }

    @Override
    void update(Batch batch, Options options) {
        boolean first = batch.isFresh();
        NativeOperators._fused_sgd_(
                batch.parameters().handles(),
                batch.gradients().handles(),
                options.momentum() == 0
                        ? new long[0]
                        : batch.state(MOMENTUM_BUFFER).handles(),
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

    @Override
    void updateSparse(ParameterState state, Tensor given, Options options) {
        if (options.weightDecay() != 0) {
            throw new IllegalArgumentException("weight_decay option is not compatible with sparse gradients");
        }
        Tensor gradient = options.maximize() ? given.neg() : given;
        if (options.momentum() != 0) {
            Tensor buffer = state.get(MOMENTUM_BUFFER);
            if (buffer == null) {
                state.put(MOMENTUM_BUFFER, gradient.clone());
            } else {
                buffer.mul_(options.momentum()).add_(gradient, 1 - options.dampening());
            }
            Tensor momentum = state.get(MOMENTUM_BUFFER);
            gradient = options.nesterov() ? gradient.add(momentum, options.momentum()) : momentum;
        }
        state.parameter().add_(gradient, -options.lr());
    }
}
