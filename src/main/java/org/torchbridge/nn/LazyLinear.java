package org.torchbridge.nn;

import java.util.List;
import org.torchbridge.Tensor;

/**
 * A {@link Linear} that takes {@code inFeatures} from the last dimension of its first input.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LazyLinear.html">LazyLinear</a>.
 */
public class LazyLinear extends Linear implements LazyModule {

    public LazyLinear(long outFeatures) {
        this(outFeatures, true);
    }

    public LazyLinear(long outFeatures, boolean bias) {
        super(0, 0, false);
        this.outFeatures = outFeatures;
        this.weight = new UninitializedParameter();
        this.bias = bias ? new UninitializedParameter() : null;
    }

    @Override
    public void initializeParameters(List<Object> inputs) {
        inFeatures = ((Tensor) inputs.get(0)).size(-1);
        if (weight instanceof UninitializedParameter lazyWeight && hasUninitializedParams()) {
            lazyWeight.materialize(outFeatures, inFeatures);
            if (bias instanceof UninitializedParameter lazyBias) {
                lazyBias.materialize(outFeatures);
            }
            resetParameters();
        }
    }
}
