package org.torchbridge.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Records;

/**
 * A layer that normalises each of C features or channels to mean 0 and variance 1, then, if it is affine, scales it by
 * {@code weight} and shifts it by {@code bias}, which are 1 and 0 at first.
 */
public abstract class NormBase extends Layer {
    private static final int VERSION_WITH_BATCHES_TRACKED = 2;

    long numFeatures;
    private Options options;
    public @Nullable Parameter weight;
    public @Nullable Parameter bias;
    public @Nullable Buffer runningMean;
    public @Nullable Buffer runningVar;
    public @Nullable Buffer numBatchesTracked;

    /**
     * eps 1e-5 and momentum 0.1, unless set otherwise; a batch norm is affine and has running statistics, an instance
     * norm neither.
     *
     * @param eps what is added to the variance
     * @param momentum the share of a batch in the running values; null means their plain mean over all batches
     * @param affine whether there are a weight and a bias
     * @param trackRunningStats whether there are running values; without them the input's own are always used
     */
    public record Options(double eps, @Nullable Double momentum, boolean affine, boolean trackRunningStats) {

        public Options eps(double eps) {
            return Records.with(this, "eps", eps);
        }

        public Options momentum(@Nullable Double momentum) {
            return Records.with(this, "momentum", momentum);
        }

        public Options affine(boolean affine) {
            return Records.with(this, "affine", affine);
        }

        public Options trackRunningStats(boolean trackRunningStats) {
            return Records.with(this, "trackRunningStats", trackRunningStats);
        }
    }

    NormBase(long numFeatures, Options options) {
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

    /** Sets the weight to 1, the bias to 0 and the running values to those they have at first. */
    public void resetParameters() {
        resetRunningStats();
        if (weight != null) {
            Init.ones_(weight.tensor());
        }
        if (bias != null) {
            Init.zeros_(bias.tensor());
        }
    }

    /** Sets the running mean to 0, the running variance to 1 and the number of batches to 0. */
    public void resetRunningStats() {
        if (settings().trackRunningStats()) {
            Init.zeros_(tensor(runningMean));
            Init.ones_(tensor(runningVar));
            Init.zeros_(tensor(numBatchesTracked));
        }
    }

    public long numFeatures() {
        return numFeatures;
    }

    /** The options this layer was made with, but for the momentum if that was set. */
    public Options settings() {
        return options;
    }

    /** Sets the share of a batch in the running values; null means their plain mean over all batches. */
    public void momentum(@Nullable Double momentum) {
        options = options.momentum(momentum);
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

    /** Takes back the shapes, for a lazy layer to find them out. */
    final void uninitialize() {
        if (settings().affine()) {
            weight = new UninitializedParameter();
            bias = new UninitializedParameter();
        }
        if (settings().trackRunningStats()) {
            runningMean = new UninitializedBuffer();
            runningVar = new UninitializedBuffer();
        }
    }

    /** Gives a lazy layer the shapes that go with {@code features}, unless a state that was loaded has done so. */
    final void initialize(long features) {
        numFeatures = features;
        if (isUninitialized()) {
            materialize(weight, features);
            materialize(bias, features);
            materialize(runningMean, features);
            materialize(runningVar, features);
            resetParameters();
        }
    }

    /** Refuses an input of other dimensions than {@code least} or {@code most}. */
    final void requireDimensions(Tensor input, int least, int most, String shapes) {
        if (input.dim() != least && input.dim() != most) {
            throw new IllegalArgumentException("the input of " + typeName() + " has " + input.dim()
                    + " dimensions; " + (least == most ? least : least + " or " + most) + " are expected: "
                    + shapes.replace("C", Long.toString(numFeatures)));
        }
    }

    /** Refuses an input of other channels than this layer has. */
    final void requireChannels(Tensor input, long channels) {
        if (channels != numFeatures) {
            throw new IllegalArgumentException("the input of " + typeName() + " has the shape "
                    + Arrays.toString(input.shape()) + "; " + numFeatures + " channels are expected");
        }
    }

    private static void materialize(@Nullable Object member, long features) {
        if (member instanceof UninitializedParameter parameter) {
            parameter.materialize(features);
        } else if (member instanceof UninitializedBuffer buffer) {
            buffer.materialize(features);
        }
    }

    static @Nullable Tensor tensor(@Nullable Parameter parameter) {
        return parameter == null ? null : parameter.tensor();
    }

    static @Nullable Tensor tensor(@Nullable Buffer buffer) {
        return buffer == null ? null : buffer.tensor();
    }
}
