package org.torchbridge.nn;

import java.util.List;

/**
 * A {@link ConvTranspose2d} that takes {@code inChannels} from its first input.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose2d.html">LazyConvTranspose2d</a>.
 */
public class LazyConvTranspose2d extends ConvTranspose2d implements LazyModule {

    public LazyConvTranspose2d(long outChannels, long kernelSize) {
        this(outChannels, kernelSize, options());
    }

    public LazyConvTranspose2d(long outChannels, Size kernelSize) {
        this(outChannels, kernelSize, options());
    }

    public LazyConvTranspose2d(long outChannels, long kernelSize, Options options) {
        this(outChannels, Size.of(kernelSize), options);
    }

    public LazyConvTranspose2d(long outChannels, Size kernelSize, Options options) {
        super(0, 0, kernelSize, options);
        becomeLazy(groupMultiple("outChannels", outChannels, options.groups()), options.bias());
    }

    @Override
    public void initializeParameters(List<Object> inputs) {
        initializeChannels(inputs);
    }
}
