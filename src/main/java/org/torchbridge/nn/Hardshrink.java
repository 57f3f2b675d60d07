package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * x where |x| > λ, 0 elsewhere; λ is 0.5 unless given. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html">Hardshrink</a>.
 */
public class Hardshrink extends Layer {
    private final double lambd;

    public Hardshrink() {
        this(0.5);
    }

    public Hardshrink(double lambd) {
        this.lambd = lambd;
    }

    public double lambd() {
        return lambd;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.hardshrink(input, lambd);
    }

    @Override
    public String extraRepr() {
        return PythonText.of(lambd);
    }
}
