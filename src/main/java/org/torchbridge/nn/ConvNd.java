package org.torchbridge.nn;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * What {@link Conv} and {@link ConvTranspose} share: channels, kernel, weight and bias. At first {@code weight} and
 * {@code bias} are uniform between -b and b with b = 1 / √(second dimension of the weight · elements of the kernel).
 */
public abstract class ConvNd extends Layer {
    long inChannels;
    long outChannels;
    private final Size kernelSize;
    public Parameter weight;
    public @Nullable Parameter bias;

    /** A layer whose weight has the given channels in front of the kernel's dimensions. */
    ConvNd(long inChannels, long outChannels, Size kernelSize, boolean bias, long first, long second) {
        this.inChannels = inChannels;
        this.outChannels = outChannels;
        this.kernelSize = kernelSize;
        this.weight = new Parameter(Torch.empty(weightShape(first, second, kernelSize)));
        this.bias = bias ? new Parameter(Torch.empty(outChannels)) : null;
        resetParameters();
    }

    /** Draws the weight and the bias anew. */
    public void resetParameters() {
        Init.resetWeightAndBias(weight, bias);
    }

    public long inChannels() {
        return inChannels;
    }

    public long outChannels() {
        return outChannels;
    }

    /** A number for each dimension. */
    public Size kernelSize() {
        return kernelSize;
    }

    @Nullable
    Tensor biasTensor() {
        return bias == null ? null : bias.tensor();
    }

    /** Makes the parameters again, of a shape that is not known yet. */
    void becomeLazy(long outChannels, boolean bias) {
        this.outChannels = outChannels;
        this.weight = new UninitializedParameter();
        this.bias = bias ? new UninitializedParameter() : null;
    }

    /** Takes the channels from the first input of a lazy layer. */
    void findInChannels(List<Object> inputs) {
        Tensor input = (Tensor) inputs.get(0);
        int dimensions = kernelSize.values().size();
        ConvolutionFunctions.requireDimensions(input, dimensions);
        inChannels = input.size(-dimensions - 1);
    }

    /** Gives the weight of a lazy layer the given channels in front of the kernel's dimensions. */
    void materialize(long first, long second) {
        ((UninitializedParameter) weight).materialize(weightShape(first, second, kernelSize));
        if (bias instanceof UninitializedParameter lazyBias) {
            lazyBias.materialize(outChannels);
        }
        resetParameters();
    }

    /** The given channels, which are the same number in each group. */
    static long groupMultiple(String name, long channels, long groups) {
        if (channels % groups != 0) {
            throw new IllegalArgumentException(
                    name + " is " + channels + "; a multiple of groups, " + groups + ", is expected");
        }
        return channels;
    }

    static void requirePositiveGroups(long groups) {
        if (groups <= 0) {
            throw new IllegalArgumentException("groups is " + groups + "; a positive number is expected");
        }
    }

    /** What Python prints first. */
    String channelsAndKernel() {
        return inChannels + ", " + outChannels + ", kernel_size=" + kernelSize;
    }

    /** {@code , name=size}, or nothing if the size is {@code usual} in all dimensions. */
    static String textUnless(long usual, String name, Size size) {
        return size.isAll(usual) ? "" : ", " + name + "=" + size;
    }

    private static long[] weightShape(long first, long second, Size kernelSize) {
        long[] kernel = kernelSize.expand("kernelSize", kernelSize.values().size());
        long[] shape = new long[kernel.length + 2];
        shape[0] = first;
        shape[1] = second;
        System.arraycopy(kernel, 0, shape, 2, kernel.length);
        return shape;
    }
}
