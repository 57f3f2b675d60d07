package org.torchbridge.nn;

/** The largest value of each of as many parts of the input as the output has places, whatever the input's size. */
public abstract class AdaptiveMaxPool extends IndexedPool {
    private final Size outputSize;

    AdaptiveMaxPool(int dimensions, Size outputSize) {
        outputSize.expandOr("outputSize", new long[dimensions]);
        this.outputSize = outputSize;
    }

    public Size outputSize() {
        return outputSize;
    }

    @Override
    public String extraRepr() {
        return "output_size=" + outputSize;
    }
}
