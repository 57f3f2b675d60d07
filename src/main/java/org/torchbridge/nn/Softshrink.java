package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * x - λ where x > λ, x + λ where x < -λ, 0 elsewhere; λ is 0.5 unless given. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Softshrink.html">Softshrink</a>.
 */
public class Softshrink extends Layer {
    private final double lambd;

    public Softshrink() {
        this(0.5);
    }

    public Softshrink(double lambd) {
        this.lambd = lambd;
    }

    public double lambd() {
        return lambd;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.softshrink(input, lambd);
    }

    @Override
    public String extraRepr() {
        return PythonText.of(lambd);
    }
}
