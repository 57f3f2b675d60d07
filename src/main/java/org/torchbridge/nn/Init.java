package org.torchbridge.nn;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Generator;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * Fills tensors with first values, in place and without gradients, and returns them. With the same seed the values are
 * Python's. The generator that random values come from is libtorch's own unless another one is given.
 *
 * <pre>{@code
 * Init.kaimingNormal_(conv.weight.tensor(), 0, Init.FanMode.FAN_OUT, Init.Nonlinearity.RELU);
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/nn.init.html">torch.nn.init</a>.
 */
public final class Init {
    private static final double DEFAULT_LEAKY_SLOPE = 0.01;
    private static final double DEFAULT_SPARSE_STD = 0.01;
    private static final double TRUNCATION = 2;

    private Init() {}

    /** Which connections a variance is kept over. */
    public enum FanMode {
        /** Those into a unit: the variance is kept in the forward pass. */
        FAN_IN,
        /** Those out of a unit: the variance is kept in the backward pass. */
        FAN_OUT
    }

    /** What comes after the layer, or what the layer is, for {@link #calculateGain}. */
    public enum Nonlinearity {
        LINEAR,
        CONV1D,
        CONV2D,
        CONV3D,
        CONV_TRANSPOSE1D,
        CONV_TRANSPOSE2D,
        CONV_TRANSPOSE3D,
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

    // ---- any shape

    public static Tensor uniform_(Tensor tensor) {
        return uniform_(tensor, 0, 1);
    }

    public static Tensor uniform_(Tensor tensor, double a, double b) {
        return uniform_(tensor, a, b, null);
    }

    /** Uniform from {@code a} to {@code b}. */
    public static Tensor uniform_(Tensor tensor, double a, double b, @Nullable Generator generator) {
        return fill(tensor, t -> t.uniform_(a, b, generator));
    }

    public static Tensor normal_(Tensor tensor) {
        return normal_(tensor, 0, 1);
    }

    public static Tensor normal_(Tensor tensor, double mean, double std) {
        return normal_(tensor, mean, std, null);
    }

    /** Normal with the given mean and standard deviation. */
    public static Tensor normal_(Tensor tensor, double mean, double std, @Nullable Generator generator) {
        return fill(tensor, t -> t.normal_(mean, std, generator));
    }

    public static Tensor truncNormal_(Tensor tensor) {
        return truncNormal_(tensor, 0, 1);
    }

    public static Tensor truncNormal_(Tensor tensor, double mean, double std) {
        return truncNormal_(tensor, mean, std, -TRUNCATION, TRUNCATION);
    }

    public static Tensor truncNormal_(Tensor tensor, double mean, double std, double a, double b) {
        return truncNormal_(tensor, mean, std, a, b, null);
    }

    /**
     * Normal with the given mean and standard deviation, without what is less than {@code a} or more than {@code b}. Logs
     * a warning if the mean is more than two standard deviations outside, where the values are not well distributed.
     */
    public static Tensor truncNormal_(
            Tensor tensor, double mean, double std, double a, double b, @Nullable Generator generator) {
        if (mean < a - 2 * std || mean > b + 2 * std) {
            Warnings.warn(
                    "trunc_normal_",
                    "mean is more than 2 std from [a, b] in nn.init.trunc_normal_."
                            + " The distribution of values may be incorrect.");
        }
        double low = normalDistribution((a - mean) / std);
        double high = normalDistribution((b - mean) / std);
        return fill(tensor, t -> t.uniform_(2 * low - 1, 2 * high - 1, generator)
                .erfinv_()
                .mul_(std * Math.sqrt(2.0))
                .add_(mean)
                .clamp_(a, b));
    }

    /** Fills with {@code val}. */
    public static Tensor constant_(Tensor tensor, double val) {
        return fill(tensor, t -> t.fill_(val));
    }

    public static Tensor zeros_(Tensor tensor) {
        return constant_(tensor, 0);
    }

    public static Tensor ones_(Tensor tensor) {
        return constant_(tensor, 1);
    }

    // ---- weights of linear layers and convolutions

    public static Tensor xavierUniform_(Tensor tensor) {
        return xavierUniform_(tensor, 1);
    }

    public static Tensor xavierUniform_(Tensor tensor, double gain) {
        return xavierUniform_(tensor, gain, null);
    }

    /** Uniform between -b and b with b = gain · √(6 / (fan in + fan out)). */
    public static Tensor xavierUniform_(Tensor tensor, double gain, @Nullable Generator generator) {
        double bound = Math.sqrt(3.0) * xavierStd(tensor, gain);
        return uniform_(tensor, -bound, bound, generator);
    }

    public static Tensor xavierNormal_(Tensor tensor) {
        return xavierNormal_(tensor, 1);
    }

    public static Tensor xavierNormal_(Tensor tensor, double gain) {
        return xavierNormal_(tensor, gain, null);
    }

    /** Normal with standard deviation gain · √(2 / (fan in + fan out)). */
    public static Tensor xavierNormal_(Tensor tensor, double gain, @Nullable Generator generator) {
        return normal_(tensor, 0, xavierStd(tensor, gain), generator);
    }

    /** {@link #kaimingUniform_(Tensor, double, FanMode, Nonlinearity)} over the fan in, for a ReLU. */
    public static Tensor kaimingUniform_(Tensor tensor) {
        return kaimingUniform_(tensor, 0, FanMode.FAN_IN, Nonlinearity.LEAKY_RELU);
    }

    public static Tensor kaimingUniform_(Tensor tensor, double a, FanMode mode, Nonlinearity nonlinearity) {
        return kaimingUniform_(tensor, a, mode, nonlinearity, null);
    }

    /**
     * Uniform between -b and b with b = gain · √(3 / fan); {@code a} is the negative slope of a leaky ReLU. A tensor
     * without elements stays as it is, with a logged warning.
     */
    public static Tensor kaimingUniform_(
            Tensor tensor, double a, FanMode mode, Nonlinearity nonlinearity, @Nullable Generator generator) {
        if (isEmpty(tensor)) {
            return tensor;
        }
        double bound = Math.sqrt(3.0) * kaimingStd(tensor, a, mode, nonlinearity);
        return uniform_(tensor, -bound, bound, generator);
    }

    /** {@link #kaimingNormal_(Tensor, double, FanMode, Nonlinearity)} over the fan in, for a ReLU. */
    public static Tensor kaimingNormal_(Tensor tensor) {
        return kaimingNormal_(tensor, 0, FanMode.FAN_IN, Nonlinearity.LEAKY_RELU);
    }

    public static Tensor kaimingNormal_(Tensor tensor, double a, FanMode mode, Nonlinearity nonlinearity) {
        return kaimingNormal_(tensor, a, mode, nonlinearity, null);
    }

    /**
     * Normal with standard deviation gain / √fan; {@code a} is the negative slope of a leaky ReLU. A tensor without
     * elements stays as it is, with a logged warning.
     */
    public static Tensor kaimingNormal_(
            Tensor tensor, double a, FanMode mode, Nonlinearity nonlinearity, @Nullable Generator generator) {
        return isEmpty(tensor) ? tensor : normal_(tensor, 0, kaimingStd(tensor, a, mode, nonlinearity), generator);
    }

    public static Tensor orthogonal_(Tensor tensor) {
        return orthogonal_(tensor, 1);
    }

    public static Tensor orthogonal_(Tensor tensor, double gain) {
        return orthogonal_(tensor, gain, null);
    }

    /**
     * The first dimension against all others as a matrix whose rows, or whose columns if they are fewer, are orthogonal
     * and {@code gain} long.
     *
     * @throws IllegalArgumentException if it has fewer than two dimensions
     */
    public static Tensor orthogonal_(Tensor tensor, double gain, @Nullable Generator generator) {
        requireDimensions(tensor, "two or more", tensor.dim() >= 2);
        if (tensor.numel() == 0) {
            return tensor;
        }
        return fill(tensor, t -> t.copy_(orthogonal(t, generator).viewAs(t)).mul_(gain));
    }

    // ---- weights of one kind of layer

    /**
     * The identity matrix, which passes on as many inputs of a linear layer as possible.
     *
     * @throws IllegalArgumentException if it has not two dimensions
     */
    public static Tensor eye_(Tensor tensor) {
        requireDimensions(tensor, "two", tensor.dim() == 2);
        return fill(tensor, t -> t.zero_().diagonal().fill_(1));
    }

    public static Tensor dirac_(Tensor tensor) {
        return dirac_(tensor, 1);
    }

    /**
     * The convolution that passes on as many input channels as possible, in each group.
     *
     * @param groups the groups of the convolution
     * @throws IllegalArgumentException if it has not three, four or five dimensions, or its first size is not a multiple
     *     of {@code groups}
     */
    public static Tensor dirac_(Tensor tensor, long groups) {
        requireDimensions(tensor, "three, four or five", tensor.dim() >= 3 && tensor.dim() <= 5);
        if (groups <= 0 || tensor.size(0) % groups != 0) {
            throw new IllegalArgumentException(
                    "groups is " + groups + "; a divisor of the first size, " + tensor.size(0) + ", is expected");
        }
        return fill(tensor, t -> {
            t.zero_();
            long channels = t.size(0) / groups;
            for (long group = 0; group < groups; group++) {
                centre(t.narrow(0, group * channels, channels)).diagonal().fill_(1);
            }
        });
    }

    public static Tensor sparse_(Tensor tensor, double sparsity) {
        return sparse_(tensor, sparsity, DEFAULT_SPARSE_STD);
    }

    public static Tensor sparse_(Tensor tensor, double sparsity, double std) {
        return sparse_(tensor, sparsity, std, null);
    }

    /**
     * Normal with standard deviation {@code std}, but in each column the share {@code sparsity} of the elements is zero.
     * Which ones they are does not come from {@code generator}, in Python neither.
     *
     * @throws IllegalArgumentException if it has not two dimensions
     */
    public static Tensor sparse_(Tensor tensor, double sparsity, double std, @Nullable Generator generator) {
        requireDimensions(tensor, "two", tensor.dim() == 2);
        long zeros = (long) Math.ceil(sparsity * tensor.size(0));
        return fill(tensor, t -> {
            t.normal_(0, std, generator);
            for (long column = 0; column < t.size(1); column++) {
                Tensor rows = Torch.randperm(t.size(0)).narrow(0, 0, zeros);
                t.select(1, column).indexFill_(0, rows, 0);
            }
        });
    }

    // ---- what they follow from

    /** The gain that PyTorch recommends for {@code nonlinearity}; a leaky ReLU has the slope 0.01. */
    public static double calculateGain(Nonlinearity nonlinearity) {
        return calculateGain(nonlinearity, DEFAULT_LEAKY_SLOPE);
    }

    /** The gain that PyTorch recommends for {@code nonlinearity}; {@code param} is the negative slope of a leaky ReLU. */
    public static double calculateGain(Nonlinearity nonlinearity, double param) {
        return switch (nonlinearity) {
            case TANH -> 5.0 / 3;
            case RELU -> Math.sqrt(2.0);
            case LEAKY_RELU -> Math.sqrt(2.0 / (1 + param * param));
            case SELU -> 3.0 / 4;
            default -> 1;
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

    private static double kaimingStd(Tensor tensor, double a, FanMode mode, Nonlinearity nonlinearity) {
        return calculateGain(nonlinearity, a) / Math.sqrt(calculateFans(tensor).of(mode));
    }

    private static boolean isEmpty(Tensor tensor) {
        if (tensor.numel() == 0) {
            Warnings.warn("init", "Initializing zero-element tensors is a no-op");
        }
        return tensor.numel() == 0;
    }

    /** The share of a standard normal distribution that is less than {@code x}; with libtorch's erf, as Java has none. */
    private static double normalDistribution(double x) {
        try (Scope scope = Scope.open()) {
            return (1 + Torch.tensor(x / Math.sqrt(2.0), DType.FLOAT64).erf().toDouble()) / 2;
        }
    }

    /** Q of the QR decomposition of a random matrix is distributed evenly if R's diagonal is positive. */
    private static Tensor orthogonal(Tensor like, @Nullable Generator generator) {
        long rows = like.size(0);
        long columns = like.numel() / rows;
        Tensor matrix = like.newEmpty(rows, columns).normal_(0, 1, generator);
        Torch.QR qr = Torch.linalgQr(rows < columns ? matrix.t() : matrix);
        Tensor q = qr.Q().mul(qr.R().diagonal().sign());
        return (rows < columns ? q.t() : q).contiguous();
    }

    /** Of a convolution's weight, the (out, in) matrix in the middle of the kernel. */
    private static Tensor centre(Tensor weight) {
        Tensor centre = weight;
        while (centre.dim() > 2) {
            centre = centre.select(2, centre.size(2) / 2);
        }
        return centre;
    }

    private static void requireDimensions(Tensor tensor, String expected, boolean right) {
        if (!right) {
            throw new IllegalArgumentException(
                    "the tensor has " + tensor.dim() + " dimensions; " + expected + " are expected");
        }
    }

    private static Tensor fill(Tensor tensor, Consumer<Tensor> action) {
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            action.accept(tensor);
        }
        return tensor;
    }
}
