package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * Normalises each channel of a batch of images to mean 0 and variance 1, then scales it by {@code weight} and shifts it
 * by {@code bias}. Input and output (N, C, H, W).
 *
 * <p>In training mode by the batch's own mean and variance, with which the running ones are updated; in evaluation mode
 * by the running ones. At first {@code weight} is 1 and {@code bias} 0.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html">BatchNorm2d</a>.
 */
public class BatchNorm2d extends Layer {
    private static final int VERSION_WITH_BATCHES_TRACKED = 2;

    private final long numFeatures;
    private final Options options;
    public @Nullable Parameter weight;
    public @Nullable Parameter bias;
    public @Nullable Buffer runningMean;
    public @Nullable Buffer runningVar;
    public @Nullable Buffer numBatchesTracked;

    /**
     * eps 1e-5, momentum 0.1, affine, with running statistics, unless set otherwise.
     *
     * @param eps what is added to the variance
     * @param momentum the share of a batch in the running values; null means their plain mean over all batches
     * @param affine whether there are a weight and a bias
     * @param trackRunningStats whether there are running values; without them a batch's own are always used
     */
    public record Options(double eps, @Nullable Double momentum, boolean affine, boolean trackRunningStats) {
        private static final Options DEFAULT = new Options(1e-5, 0.1, true, true);

        public Options eps(double eps) {
            return new Options(eps, momentum, affine, trackRunningStats);
        }

        public Options momentum(@Nullable Double momentum) {
            return new Options(eps, momentum, affine, trackRunningStats);
        }

        public Options affine(boolean affine) {
            return new Options(eps, momentum, affine, trackRunningStats);
        }

        public Options trackRunningStats(boolean trackRunningStats) {
            return new Options(eps, momentum, affine, trackRunningStats);
        }
    }

    public BatchNorm2d(long numFeatures) {
        this(numFeatures, options());
    }

    public BatchNorm2d(long numFeatures, Options options) {
        this.numFeatures = numFeatures;
        this.options = options;
        if (options.affine()) {
            weight = new Parameter(Torch.ones(numFeatures));
            bias = new Parameter(Torch.zeros(numFeatures));
        }
        if (options.trackRunningStats()) {
            runningMean = new Buffer(Torch.zeros(numFeatures));
            runningVar = new Buffer(Torch.ones(numFeatures));
            numBatchesTracked = new Buffer(Torch.zeros(new long[0], DType.INT64));
        }
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    public long numFeatures() {
        return numFeatures;
    }

    /** The options this layer was made with. */
    public Options settings() {
        return options;
    }

    @Override
    public Tensor forward(Tensor input) {
        if (input.dim() != 4) {
            throw new IllegalArgumentException("the input of a BatchNorm2d has " + input.dim()
                    + " dimensions; 4 are expected: (N, " + numFeatures + ", H, W)");
        }
        boolean updates = isTraining() && options.trackRunningStats();
        boolean usesRunning = !isTraining() || updates;
        boolean byBatch = isTraining() || runningMean == null && runningVar == null;
        return Functional.batchNorm(
                input,
                usesRunning ? tensor(runningMean) : null,
                usesRunning ? tensor(runningVar) : null,
                weight == null ? null : weight.tensor(),
                bias == null ? null : bias.tensor(),
                byBatch,
                updates ? countBatch() : 0,
                options.eps());
    }

    @Override
    public String extraRepr() {
        return numFeatures + ", eps=" + PythonText.of(options.eps())
                + ", momentum=" + (options.momentum() == null ? "None" : PythonText.of(options.momentum()))
                + ", affine=" + PythonText.of(options.affine())
                + ", track_running_stats=" + PythonText.of(options.trackRunningStats());
    }

    @Override
    protected int stateVersion() {
        return VERSION_WITH_BATCHES_TRACKED;
    }

    @Override
    protected boolean isOptional(String key, int version) {
        return version < VERSION_WITH_BATCHES_TRACKED && key.equals("num_batches_tracked");
    }

    /** Counts the batch and returns its share in the running values. */
    private double countBatch() {
        if (numBatchesTracked != null) {
            numBatchesTracked.tensor().add_(1);
            if (options.momentum() == null) {
                return 1 / numBatchesTracked.tensor().toDouble();
            }
        }
        return options.momentum() == null ? 0 : options.momentum();
    }

    private static @Nullable Tensor tensor(@Nullable Buffer buffer) {
        return buffer == null ? null : buffer.tensor();
    }
}
