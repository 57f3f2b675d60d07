package org.torchbridge.nn;

import java.util.List;
import org.torchbridge.Tensor;

/**
 * An {@link InstanceNorm3d} that takes {@code numFeatures} from the channels of its first input.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm3d.html">LazyInstanceNorm3d</a>.
 */
public class LazyInstanceNorm3d extends InstanceNorm3d implements LazyModule {

    public LazyInstanceNorm3d() {
        this(options());
    }

    public LazyInstanceNorm3d(Options options) {
        super(0, options);
        uninitialize();
    }

    /**
     * The defaults, to be changed one by one: as in Python those of a batch norm, affine and with running statistics.
     */
    public static Options options() {
        return BatchNorm.options();
    }

    @Override
    public void initializeParameters(List<Object> inputs) {
        Tensor input = (Tensor) inputs.get(0);
        initialize(channels(input));
    }
}
