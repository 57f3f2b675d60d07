package org.torchbridge.nn;

import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * max(0, x) + weight · min(0, x) with a slope that is learned: one for all, or one for each channel. Input (N, C, *)
 * or, with one slope, any shape. The slopes begin with 0.25 unless given.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.PReLU.html">PReLU</a>.
 */
public class PReLU extends Layer {
    private final long numParameters;
    private final double init;
    public Parameter weight;

    public PReLU() {
        this(1);
    }

    public PReLU(long numParameters) {
        this(numParameters, 0.25);
    }

    public PReLU(long numParameters, double init) {
        this.numParameters = numParameters;
        this.init = init;
        this.weight = new Parameter(Torch.full(new long[] {numParameters}, init));
    }

    /** Sets the slopes to those they had at first. */
    public void resetParameters() {
        Init.constant_(weight.tensor(), init);
    }

    public long numParameters() {
        return numParameters;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.prelu(input, weight.tensor());
    }

    @Override
    public String extraRepr() {
        return "num_parameters=" + numParameters;
    }
}
