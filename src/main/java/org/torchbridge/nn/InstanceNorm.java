package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * y = (x - mean) / √(variance + eps) · {@code weight} + {@code bias} for each channel of each element of a batch; weight and
 * bias are 1 and 0 at first, or not there. With running statistics, the running ones are updated in training mode, as
 * those of a {@link BatchNorm}, and used in evaluation mode.
 */
public abstract class InstanceNorm extends NormBase {
    private static final Options DEFAULT = new Options(1e-5, 0.1, false, false);

    private final int unbatchedDimensions;

    InstanceNorm(long numFeatures, Options options, int unbatchedDimensions) {
        super(numFeatures, options);
        this.unbatchedDimensions = unbatchedDimensions;
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return DEFAULT;
    }

    @Override
    public Tensor forward(Tensor input) {
        requireShape(input);
        if (settings().affine()) {
            requireChannels(input, channels(input));
        }
        return input.dim() == unbatchedDimensions
                ? normalized(input.unsqueeze(0)).squeeze(0)
                : normalized(input);
    }

    /** Refuses an input of other dimensions than this layer takes. */
    abstract void requireShape(Tensor input);

    final long channels(Tensor input) {
        return input.size(input.dim() - unbatchedDimensions);
    }

    private Tensor normalized(Tensor batch) {
        Double momentum = settings().momentum();
        return Functional.instanceNorm(
                batch,
                tensor(runningMean),
                tensor(runningVar),
                tensor(weight),
                tensor(bias),
                isTraining() || !settings().trackRunningStats(),
                momentum == null ? 0 : momentum,
                settings().eps());
    }
}
