package org.torchbridge.vision.ops;

import org.torchbridge.internal.PythonNumber;
import org.torchbridge.nn.Layer;

/** In training, makes blocks of its input 0. */
public abstract class DropBlock extends Layer {
    private final double p;
    private final long blockSize;
    private final boolean inplace;
    private final double eps;

    DropBlock(double p, long blockSize, boolean inplace, double eps) {
        this.p = p;
        this.blockSize = blockSize;
        this.inplace = inplace;
        this.eps = eps;
    }

    /** The fraction that is dropped. */
    public double p() {
        return p;
    }

    /** How many elements a side of a block has. */
    public long blockSize() {
        return blockSize;
    }

    public boolean isInplace() {
        return inplace;
    }

    public double eps() {
        return eps;
    }

    @Override
    public String extraRepr() {
        return "p=" + PythonNumber.repr(p) + ", block_size=" + blockSize + ", inplace=" + (inplace ? "True" : "False");
    }
}
