package org.torchbridge.nn;

import java.util.Locale;
import org.torchbridge.Tensor;

/**
 * x · Φ(x), where Φ is the normal distribution function. Any shape.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.GELU.html">GELU</a>.
 */
public class GELU extends Layer {
    private final Approximate approximate;

    /** How Φ is computed. */
    public enum Approximate {
        /** Exactly. */
        NONE,
        /** As (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2. */
        TANH;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public GELU() {
        this(Approximate.NONE);
    }

    public GELU(Approximate approximate) {
        this.approximate = approximate;
    }

    public Approximate approximate() {
        return approximate;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.gelu(input, approximate);
    }

    @Override
    public String extraRepr() {
        return "approximate='" + approximate.text() + "'";
    }
}
