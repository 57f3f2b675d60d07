package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * x where x > 0, α · (exp(x) - 1) elsewhere; α is 1 unless given. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ELU.html">ELU</a>.
 */
public class ELU extends InplaceLayer {
    private final double alpha;

    public ELU() {
        this(1);
    }

    public ELU(double alpha) {
        this(alpha, false);
    }

    /** If {@code inplace}, the input itself is changed and returned, which saves memory. */
    public ELU(double alpha, boolean inplace) {
        super(inplace);
        this.alpha = alpha;
    }

    public double alpha() {
        return alpha;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.elu(input, alpha, inplace());
    }

    @Override
    public String extraRepr() {
        return extraRepr("alpha=" + PythonText.of(alpha));
    }
}
