package org.torchbridge.optim;

import java.util.Map;
import org.torchbridge.nn.Parameter;

/**
 * Adam with weight decay of its own: each step makes the parameters smaller by the factor 1 - lr · weightDecay,
 * whatever their gradients.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html">AdamW</a>.
 */
public final class AdamW extends Adam {
    private static final double DEFAULT_WEIGHT_DECAY = 1e-2;

    public AdamW(Iterable<Parameter> params) {
        this(params, options());
    }

    public AdamW(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public AdamW(Iterable<Parameter> params, Options options) {
        super(params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public AdamW(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one: those of {@link Adam}, but a weight decay of 1e-2. */
    public static Options options() {
        return Adam.options().weightDecay(DEFAULT_WEIGHT_DECAY).decoupledWeightDecay(true);
    }

    @Override
    Options checked(Options options) {
        return options.decoupledWeightDecay(true);
    }
}
