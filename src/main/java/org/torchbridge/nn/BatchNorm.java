package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * y = (x - mean) / √(variance + eps) · {@code weight} + {@code bias} for each channel; weight and bias are 1 and 0 at
 * first. In evaluation mode mean and variance are the running ones, which are 0 and 1 at first. In training mode they are
 * the batch's own, the mean of the squared differences, and the running ones become (1 - momentum) · running + momentum ·
 * the batch's, whose variance is then the sum of the squared differences over their number less one.
 */
public abstract class BatchNorm extends NormBase {
    private static final Options DEFAULT = new Options(1e-5, 0.1, true, true);

    BatchNorm(long numFeatures, Options options) {
        super(numFeatures, options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return DEFAULT;
    }

    @Override
    public Tensor forward(Tensor input) {
        requireShape(input);
        // Without parameters and running values any number will do.
        if (weight != null || runningMean != null) {
            requireChannels(input, input.size(1));
        }
        boolean updates = isTraining() && settings().trackRunningStats();
        boolean usesRunning = !isTraining() || updates;
        boolean byBatch = isTraining() || runningMean == null && runningVar == null;
        return Functional.batchNorm(
                input,
                usesRunning ? tensor(runningMean) : null,
                usesRunning ? tensor(runningVar) : null,
                tensor(weight),
                tensor(bias),
                byBatch,
                updates ? countBatch() : 0,
                settings().eps());
    }

    /** Refuses an input of other dimensions than this layer takes. */
    abstract void requireShape(Tensor input);

    /** Counts the batch and returns its share in the running values. */
    private double countBatch() {
        Double momentum = settings().momentum();
        if (numBatchesTracked != null) {
            numBatchesTracked.tensor().add_(1);
            if (momentum == null) {
                return 1 / numBatchesTracked.tensor().toDouble();
            }
        }
        return momentum == null ? 0 : momentum;
    }
}
