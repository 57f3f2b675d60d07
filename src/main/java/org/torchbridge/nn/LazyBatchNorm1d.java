package org.torchbridge.nn;

import java.util.List;
import org.torchbridge.Tensor;

/**
 * A {@link BatchNorm1d} that takes {@code numFeatures} from the channels of its first input.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm1d.html">LazyBatchNorm1d</a>.
 */
public class LazyBatchNorm1d extends BatchNorm1d implements LazyModule {

    public LazyBatchNorm1d() {
        this(options());
    }

    public LazyBatchNorm1d(Options options) {
        super(0, options);
        uninitialize();
    }

    @Override
    public void initializeParameters(List<Object> inputs) {
        Tensor input = (Tensor) inputs.get(0);
        initialize(input.size(1));
    }
}
