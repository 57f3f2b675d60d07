package org.torchbridge.nn;

import java.util.List;
import org.torchbridge.Tensor;

/**
 * A {@link BatchNorm3d} that takes {@code numFeatures} from the channels of its first input.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm3d.html">LazyBatchNorm3d</a>.
 */
public class LazyBatchNorm3d extends BatchNorm3d implements LazyModule {

    public LazyBatchNorm3d() {
        this(options());
    }

    public LazyBatchNorm3d(Options options) {
        super(0, options);
        uninitialize();
    }

    @Override
    public void initializeParameters(List<Object> inputs) {
        Tensor input = (Tensor) inputs.get(0);
        initialize(input.size(1));
    }
}
