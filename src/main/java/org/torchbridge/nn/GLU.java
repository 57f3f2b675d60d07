package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * a · sigmoid(b), where a and b are the two halves of the input along a dimension, the last one unless given. Its size
 * is even; the output has half of it: input (*, 2 · n, *), output (*, n, *).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.GLU.html">GLU</a>.
 */
public class GLU extends Layer {
    private final long dim;

    public GLU() {
        this(-1);
    }

    public GLU(long dim) {
        this.dim = dim;
    }

    public long dim() {
        return dim;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.glu(input, dim);
    }

    @Override
    public String extraRepr() {
        return "dim=" + dim;
    }
}
