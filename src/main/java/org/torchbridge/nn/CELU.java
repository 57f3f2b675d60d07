package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * max(0, x) + min(0, α · (exp(x / α) - 1)); α is 1 unless given. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.CELU.html">CELU</a>.
 */
public class CELU extends InplaceLayer {
    private final double alpha;

    public CELU() {
        this(1);
    }

    public CELU(double alpha) {
        this(alpha, false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public CELU(double alpha, boolean inplace) {
        super(inplace);
        this.alpha = alpha;
    }

    public double alpha() {
        return alpha;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.celu(input, alpha, inplace());
    }

    @Override
    public String extraRepr() {
        return extraRepr("alpha=" + PythonText.of(alpha));
    }
}
