package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * The largest value under a kernel that moves over the input in random steps, so that any output size smaller than the
 * input's can be had.
 */
public abstract class FractionalMaxPool extends IndexedPool {
    /** The numbers that choose the steps, if they are not to be random. */
    public final @Nullable Buffer _random_samples;

    private final Size kernelSize;
    private final Options options;

    /**
     * One of the output's size and its ratio to the input's has to be set; the steps are random unless set otherwise.
     *
     * @param outputRatio between 0 and 1
     * @param randomSamples numbers from 0 to 1, shape (N, C, dimensions), that choose the steps
     */
    public record Options(@Nullable Size outputSize, @Nullable Ratio outputRatio, @Nullable Tensor randomSamples) {
        private static final Options DEFAULT = new Options(null, null, null);

        public Options {
            if (outputSize != null && outputRatio != null) {
                throw new IllegalArgumentException("outputSize is " + outputSize + " and outputRatio " + outputRatio
                        + "; only one of them can be given");
            }
            if (outputRatio != null && !outputRatio.values().stream().allMatch(each -> each > 0 && each < 1)) {
                throw new IllegalArgumentException(
                        "outputRatio is " + outputRatio + "; numbers between 0 and 1 are expected");
            }
        }

        public Options outputSize(long... outputSize) {
            return outputSize(Size.of(outputSize));
        }

        public Options outputSize(@Nullable Size outputSize) {
            return Records.with(this, "outputSize", outputSize);
        }

        public Options outputRatio(double... outputRatio) {
            return outputRatio(Ratio.of(outputRatio));
        }

        public Options outputRatio(@Nullable Ratio outputRatio) {
            return Records.with(this, "outputRatio", outputRatio);
        }

        public Options randomSamples(@Nullable Tensor randomSamples) {
            return Records.with(this, "randomSamples", randomSamples);
        }

        /** The output's size for an input whose last dimensions are {@code inputSize}. */
        long[] outputSizeFor(long[] inputSize) {
            if (outputSize != null) {
                return outputSize.expand("outputSize", inputSize.length);
            }
            if (outputRatio == null) {
                throw new IllegalArgumentException(
                        "neither outputSize nor outputRatio is given; one of them is expected");
            }
            double[] ratio = outputRatio.expand("outputRatio", inputSize.length);
            long[] size = new long[inputSize.length];
            for (int i = 0; i < size.length; i++) {
                size[i] = (long) (inputSize[i] * ratio[i]);
            }
            return size;
        }
    }

    FractionalMaxPool(int dimensions, Size kernelSize, Options options) {
        kernelSize.expand("kernelSize", dimensions);
        options.outputSizeFor(new long[dimensions]);
        this._random_samples = options.randomSamples() == null ? null : new Buffer(options.randomSamples());
        this.kernelSize = kernelSize;
        this.options = options;
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    public Size kernelSize() {
        return kernelSize;
    }

    /** The options this layer was made with. */
    public Options settings() {
        return options.randomSamples(_random_samples == null ? null : _random_samples.tensor());
    }
}
