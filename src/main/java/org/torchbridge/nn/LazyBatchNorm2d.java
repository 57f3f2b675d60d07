package org.torchbridge.nn;

import java.util.List;
import org.torchbridge.Tensor;

/**
 * A {@link BatchNorm2d} that takes {@code numFeatures} from the channels of its first input.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm2d.html">LazyBatchNorm2d</a>.
 */
public class LazyBatchNorm2d extends BatchNorm2d implements LazyModule {

    public LazyBatchNorm2d() {
        this(options());
    }

    public LazyBatchNorm2d(Options options) {
        super(0, options);
        uninitialize();
    }

    @Override
    public void initializeParameters(List<Object> inputs) {
        Tensor input = (Tensor) inputs.get(0);
        initialize(input.size(1));
    }
}
