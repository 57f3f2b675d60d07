package org.torchbridge.vision;

import java.util.Arrays;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.MaxPool2d;

/** The part of {@link Ops} that drops parts of its input at random. */
abstract class DropFunctions {
    DropFunctions() {}

    /** {@link #stochasticDepth(Tensor, double, DropMode, boolean)} in training. */
    public static Tensor stochasticDepth(Tensor input, double p, DropMode mode) {
        return stochasticDepth(input, p, mode, true);
    }

    /**
     * With probability {@code p} makes the input 0, all of it or element by element of the batch; what is left is divided by
     * 1 - p. If not in training, the input itself.
     *
     * <p>See <a href="https://arxiv.org/abs/1603.09382">Deep Networks with Stochastic Depth</a>.
     */
    public static Tensor stochasticDepth(Tensor input, double p, DropMode mode, boolean training) {
        requireProbability(p);
        if (!training || p == 0) {
            return input;
        }
        long[] shape = new long[(int) input.dim()];
        Arrays.fill(shape, 1);
        if (mode == DropMode.ROW) {
            shape[0] = input.size(0);
        }
        Tensor noise = Torch.empty(shape, optionsOf(input)).bernoulli_(1 - p);
        return input.mul(p < 1 ? noise.div_(1 - p) : noise);
    }

    /** {@link #dropBlock2d(Tensor, double, long, boolean, double, boolean)} in training, to a new tensor, with eps 1e-6. */
    public static Tensor dropBlock2d(Tensor input, double p, long blockSize) {
        return dropBlock2d(input, p, blockSize, false, 1e-6, true);
    }

    /**
     * Makes squares of {@code blockSize} elements a side 0, so that a fraction {@code p} of the input (N, C, H, W) is gone;
     * what is left is multiplied so that the mean stays. If not in training, the input itself.
     *
     * <p>See <a href="https://arxiv.org/abs/1810.12890">DropBlock</a>.
     *
     * @param inplace whether the input is changed
     * @param eps what is added to the number of elements that are left
     */
    public static Tensor dropBlock2d(
            Tensor input, double p, long blockSize, boolean inplace, double eps, boolean training) {
        return dropBlock(2, input, p, blockSize, inplace, eps, training);
    }

    /** {@link #dropBlock3d(Tensor, double, long, boolean, double, boolean)} in training, to a new tensor, with eps 1e-6. */
    public static Tensor dropBlock3d(Tensor input, double p, long blockSize) {
        return dropBlock3d(input, p, blockSize, false, 1e-6, true);
    }

    /** {@link #dropBlock2d(Tensor, double, long, boolean, double, boolean)} with cubes, for (N, C, D, H, W). */
    public static Tensor dropBlock3d(
            Tensor input, double p, long blockSize, boolean inplace, double eps, boolean training) {
        return dropBlock(3, input, p, blockSize, inplace, eps, training);
    }

    private static Tensor dropBlock(
            int dimensions, Tensor input, double p, long blockSize, boolean inplace, double eps, boolean training) {
        requireProbability(p);
        if (input.dim() != dimensions + 2) {
            throw new IllegalArgumentException("the input has the shape " + Arrays.toString(input.shape()) + "; "
                    + (dimensions + 2) + " dimensions are expected, a batch and channels first");
        }
        if (!training || p == 0) {
            return input;
        }
        Tensor kept = keptElements(dimensions, input, p, blockSize);
        Tensor scale = Torch.full(new long[0], kept.numel(), optionsOf(input))
                .div(kept.sum().add(eps));
        return inplace ? input.mul_(kept).mul_(scale) : input.mul(kept).mul(scale);
    }

    /** 0 in the blocks that are dropped, 1 elsewhere. */
    private static Tensor keptElements(int dimensions, Tensor input, double p, long blockSize) {
        long[] sizes = Arrays.copyOfRange(input.shape(), 2, dimensions + 2);
        long block = Math.min(blockSize, Arrays.stream(sizes).min().getAsLong());
        long[] shape = input.shape();
        double seeds = p;
        for (int i = 0; i < dimensions; i++) {
            shape[i + 2] = sizes[i] - block + 1;
            seeds *= sizes[i];
        }
        double blockElements = Math.pow(block, dimensions);
        double places = Arrays.stream(shape).skip(2).reduce(1, (a, b) -> a * b);
        Tensor corners = Torch.empty(shape, optionsOf(input)).bernoulli_(seeds / (blockElements * places));
        long[] padding = new long[2 * dimensions];
        Arrays.fill(padding, block / 2);
        Tensor padded = Functional.pad(corners, padding);
        MaxPool2d.Options options = MaxPool2d.options().stride(1).padding(block / 2);
        Tensor dropped = dimensions == 2
                ? Functional.maxPool2d(padded, block, options)
                : Functional.maxPool3d(padded, block, options);
        return Torch.rsub(dropped, 1);
    }

    private static TensorOptions optionsOf(Tensor input) {
        return TensorOptions.of(input.dtype()).device(input.device());
    }

    private static void requireProbability(double p) {
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException("the probability is " + p + "; a number from 0 to 1 is expected");
        }
    }
}
