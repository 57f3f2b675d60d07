package org.torchbridge.nn;

import java.util.List;

/**
 * A {@link ConvTranspose3d} that takes {@code inChannels} from its first input.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose3d.html">LazyConvTranspose3d</a>.
 */
public class LazyConvTranspose3d extends ConvTranspose3d implements LazyModule {

    public LazyConvTranspose3d(long outChannels, long kernelSize) {
        this(outChannels, kernelSize, options());
    }

    public LazyConvTranspose3d(long outChannels, Size kernelSize) {
        this(outChannels, kernelSize, options());
    }

    public LazyConvTranspose3d(long outChannels, long kernelSize, Options options) {
        this(outChannels, Size.of(kernelSize), options);
    }

    public LazyConvTranspose3d(long outChannels, Size kernelSize, Options options) {
        super(0, 0, kernelSize, options);
        becomeLazy(groupMultiple("outChannels", outChannels, options.groups()), options.bias());
    }

    @Override
    public void initializeParameters(List<Object> inputs) {
        initializeChannels(inputs);
    }
}
