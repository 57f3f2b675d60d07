package org.torchbridge.nn;

import java.util.List;

/**
 * A {@link ConvTranspose1d} that takes {@code inChannels} from its first input.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose1d.html">LazyConvTranspose1d</a>.
 */
public class LazyConvTranspose1d extends ConvTranspose1d implements LazyModule {

    public LazyConvTranspose1d(long outChannels, long kernelSize) {
        this(outChannels, kernelSize, options());
    }

    public LazyConvTranspose1d(long outChannels, long kernelSize, Options options) {
        this(outChannels, Size.of(kernelSize), options);
    }

    public LazyConvTranspose1d(long outChannels, Size kernelSize, Options options) {
        super(0, 0, kernelSize, options);
        becomeLazy(groupMultiple("outChannels", outChannels, options.groups()), options.bias());
    }

    @Override
    public void initializeParameters(List<Object> inputs) {
        initializeChannels(inputs);
    }
}
