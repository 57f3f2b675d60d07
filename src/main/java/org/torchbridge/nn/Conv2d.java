package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Convolution over images. Input (N, in, H, W) or (in, H, W), output (N, out, H', W') or (out, H', W').
 *
 * <pre>{@code
 * Conv2d conv = new Conv2d(3, 64, 7, Conv2d.options().stride(2).padding(3).bias(false));
 * }</pre>
 *
 * <p>Options and the sizes of outputs are those of every {@link Conv}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html">Conv2d</a>.
 */
public class Conv2d extends Conv {

    public Conv2d(long inChannels, long outChannels, long kernelSize) {
        this(inChannels, outChannels, kernelSize, options());
    }

    public Conv2d(long inChannels, long outChannels, Size kernelSize) {
        this(inChannels, outChannels, kernelSize, options());
    }

    public Conv2d(long inChannels, long outChannels, long kernelSize, Options options) {
        this(inChannels, outChannels, Size.of(kernelSize), options);
    }

    public Conv2d(long inChannels, long outChannels, Size kernelSize, Options options) {
        super(2, inChannels, outChannels, kernelSize, options);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.conv2d(input, weight.tensor(), biasTensor(), settings());
    }
}
