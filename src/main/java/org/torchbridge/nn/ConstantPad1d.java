package org.torchbridge.nn;

/**
 * Pads sequences with a constant. Input (N, C, L) or (C, L); padding one number or 2: left, right.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad1d.html">ConstantPad1d</a>.
 */
public class ConstantPad1d extends Pad {

    public ConstantPad1d(long padding, Number value) {
        this(Size.of(padding), value);
    }

    public ConstantPad1d(Size padding, Number value) {
        super(1, padding, PadMode.CONSTANT, value);
    }
}
