package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Normalises each channel of a batch to mean 0 and variance 1, then scales it by {@code weight} and shifts it by
 * {@code bias}, which are 1 and 0 at first. In training mode by the batch's own mean and variance, with which the
 * running ones are updated; in evaluation mode by the running ones.
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
