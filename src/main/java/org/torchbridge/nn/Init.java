package org.torchbridge.nn;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * Fills tensors with first values, in place and without gradients, and returns them. With the same seed the values are
 * Python's.
 *
 * <pre>{@code
 * Init.kaimingNormal_(conv.weight.tensor(), 0, Init.FanMode.FAN_OUT, Init.Nonlinearity.RELU);
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/nn.init.html">torch.nn.init</a>.
 */
public final class Init {
    private static final double DEFAULT_LEAKY_SLOPE = 0.01;

    private Init() {}

    /** Which connections a variance is kept over. */
    public enum FanMode {
        /** Those into a unit: the variance is kept in the forward pass. */
        FAN_IN,
        /** Those out of a unit: the variance is kept in the backward pass. */
        FAN_OUT
    }

    /** What comes after the layer, for {@link #calculateGain}. */
    public enum Nonlinearity {
        LINEAR,
        SIGMOID,
        TANH,
        RELU,
        LEAKY_RELU,
        SELU
    }

    /** How many connections go into and out of a unit. */
    public record Fans(long in, long out) {
        long of(FanMode mode) {
            return mode == FanMode.FAN_IN ? in : out;
        }
    }

    public static Tensor uniform_(Tensor tensor) {
        return uniform_(tensor, 0, 1);
    }

    /** Uniform from {@code a} to {@code b}. */
    public static Tensor uniform_(Tensor tensor, double a, double b) {
        return fill(tensor, t -> t.uniform_(a, b));
    }

    public static Tensor normal_(Tensor tensor) {
        return normal_(tensor, 0, 1);
    }

    public static Tensor normal_(Tensor tensor, double mean, double std) {
        return fill(tensor, t -> t.normal_(mean, std));
    }

    public static Tensor constant_(Tensor tensor, double value) {
        return fill(tensor, t -> t.fill_(value));
    }

    public static Tensor zeros_(Tensor tensor) {
        return constant_(tensor, 0);
    }

    public static Tensor ones_(Tensor tensor) {
        return constant_(tensor, 1);
    }

    /** {@link #kaimingUniform_(Tensor, double, FanMode, Nonlinearity)} over the fan in, for a ReLU. */
    public static Tensor kaimingUniform_(Tensor tensor) {
        return kaimingUniform_(tensor, 0, FanMode.FAN_IN, Nonlinearity.LEAKY_RELU);
    }

    /** Uniform between -b and b with b = gain · √(3 / fan); {@code a} is the negative slope of a leaky ReLU. */
    public static Tensor kaimingUniform_(Tensor tensor, double a, FanMode mode, Nonlinearity nonlinearity) {
        double std =
                calculateGain(nonlinearity, a) / Math.sqrt(calculateFans(tensor).of(mode));
        double bound = Math.sqrt(3.0) * std;
        return uniform_(tensor, -bound, bound);
    }

    /** {@link #kaimingNormal_(Tensor, double, FanMode, Nonlinearity)} over the fan in, for a ReLU. */
    public static Tensor kaimingNormal_(Tensor tensor) {
        return kaimingNormal_(tensor, 0, FanMode.FAN_IN, Nonlinearity.LEAKY_RELU);
    }

    /** Normal with standard deviation gain / √fan; {@code a} is the negative slope of a leaky ReLU. */
    public static Tensor kaimingNormal_(Tensor tensor, double a, FanMode mode, Nonlinearity nonlinearity) {
        double std =
                calculateGain(nonlinearity, a) / Math.sqrt(calculateFans(tensor).of(mode));
        return normal_(tensor, 0, std);
    }

    public static Tensor xavierUniform_(Tensor tensor) {
        return xavierUniform_(tensor, 1);
    }

    /** Uniform between -b and b with b = gain · √(6 / (fan in + fan out)). */
    public static Tensor xavierUniform_(Tensor tensor, double gain) {
        double bound = Math.sqrt(3.0) * xavierStd(tensor, gain);
        return uniform_(tensor, -bound, bound);
    }

    public static Tensor xavierNormal_(Tensor tensor) {
        return xavierNormal_(tensor, 1);
    }

    /** Normal with standard deviation gain · √(2 / (fan in + fan out)). */
    public static Tensor xavierNormal_(Tensor tensor, double gain) {
        return normal_(tensor, 0, xavierStd(tensor, gain));
    }

    /** The gain that PyTorch recommends before {@code nonlinearity}; a leaky ReLU has the slope 0.01. */
    public static double calculateGain(Nonlinearity nonlinearity) {
        return calculateGain(nonlinearity, DEFAULT_LEAKY_SLOPE);
    }

    /** The gain that PyTorch recommends before {@code nonlinearity}; only a leaky ReLU has a negative slope. */
    public static double calculateGain(Nonlinearity nonlinearity, double negativeSlope) {
        return switch (nonlinearity) {
            case LINEAR, SIGMOID -> 1;
            case TANH -> 5.0 / 3;
            case RELU -> Math.sqrt(2.0);
            case LEAKY_RELU -> Math.sqrt(2.0 / (1 + negativeSlope * negativeSlope));
            case SELU -> 3.0 / 4;
        };
    }

    /**
     * The fans of a weight: shape (out, in) or (out, in, height, width ...).
     *
     * @throws IllegalArgumentException if it has fewer than two dimensions
     */
    public static Fans calculateFans(Tensor weight) {
        long[] shape = weight.shape();
        if (shape.length < 2) {
            throw new IllegalArgumentException(
                    "fan in and fan out need a tensor of two or more dimensions; it has " + shape.length);
        }
        long receptiveField = 1;
        for (int i = 2; i < shape.length; i++) {
            receptiveField *= shape[i];
        }
        return new Fans(shape[1] * receptiveField, shape[0] * receptiveField);
    }

    /** What {@code Linear} and the convolutions begin with; the draws and their order are PyTorch's. */
    static void resetWeightAndBias(Parameter weight, @Nullable Parameter bias) {
        if (weight.tensor().numel() == 0) {
            return;
        }
        kaimingUniform_(weight.tensor(), Math.sqrt(5), FanMode.FAN_IN, Nonlinearity.LEAKY_RELU);
        long fanIn = calculateFans(weight.tensor()).in();
        if (bias != null && fanIn > 0) {
            double bound = 1 / Math.sqrt(fanIn);
            uniform_(bias.tensor(), -bound, bound);
        }
    }

    private static double xavierStd(Tensor tensor, double gain) {
        Fans fans = calculateFans(tensor);
        return gain * Math.sqrt(2.0 / (fans.in() + fans.out()));
    }

    private static Tensor fill(Tensor tensor, Consumer<Tensor> action) {
        try (GradMode mode = Torch.noGrad()) {
            action.accept(tensor);
        }
        return tensor;
    }
}
