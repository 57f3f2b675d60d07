package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Makes one dimension of several: of all but the batch's, unless set otherwise. Input (N, *), output (N, the
 * product of the others).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Flatten.html">Flatten</a>.
 */
public class Flatten extends Layer {
    private final long startDim;
    private final long endDim;

    public Flatten() {
        this(1, -1);
    }

    /** From {@code startDim} to the last. */
    public Flatten(long startDim) {
        this(startDim, -1);
    }

    /** From {@code startDim} to {@code endDim}, both included. */
    public Flatten(long startDim, long endDim) {
        this.startDim = startDim;
        this.endDim = endDim;
    }

    @Override
    public Tensor forward(Tensor input) {
        return input.flatten(startDim, endDim);
    }

    @Override
    public String extraRepr() {
        return "start_dim=" + startDim + ", end_dim=" + endDim;
    }
}
