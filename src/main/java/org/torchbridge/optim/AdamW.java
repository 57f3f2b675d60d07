package org.torchbridge.optim;

import org.torchbridge.internal.NativeOperators;
import org.torchbridge.nn.Parameter;

/**
 * Adam with weight decay of its own: each step makes the parameters smaller by the factor 1 - lr · weightDecay,
 * whatever their gradients.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html">AdamW</a>.
 */
public final class AdamW extends Adam {
    private static final double DEFAULT_WEIGHT_DECAY = 1e-2;

    public AdamW(Iterable<Parameter> parameters, double lr) {
        this(parameters, options().lr(lr));
    }

    public AdamW(Iterable<Parameter> parameters, Options options) {
        super(parameters, options);
    }

    /** The defaults, to be changed one by one: those of {@link Adam}, but a weight decay of 1e-2. */
    public static Options options() {
        return Adam.options().weightDecay(DEFAULT_WEIGHT_DECAY);
    }

    @Override
    void update(Arguments arguments, Options options) {
        NativeOperators._fused_adamw_(
                arguments.parameters(),
                arguments.gradients(),
                arguments.expAvgs(),
                arguments.expAvgSqs(),
                arguments.maxExpAvgSqs(),
                arguments.steps(),
                options.lr(),
                options.beta1(),
                options.beta2(),
                options.weightDecay(),
                options.eps(),
                options.amsgrad(),
                options.maximize(),
                0,
                0);
    }
}
