package org.torchbridge.io;

import java.util.stream.LongStream;

/**
 * The shape of a tensor as a value: a tuple of whole numbers.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/size.html">torch.Size</a>.
 */
public final class TorchSize extends PythonTuple {
    private final long[] sizes;

    public TorchSize(long... sizes) {
        super(LongStream.of(sizes).boxed().toArray());
        this.sizes = sizes.clone();
    }

    public long[] toLongArray() {
        return sizes.clone();
    }
}
