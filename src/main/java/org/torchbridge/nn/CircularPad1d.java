package org.torchbridge.nn;

/**
 * Pads sequences with their other side. Input (N, C, L) or (C, L); padding one number or 2: left, right.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.CircularPad1d.html">CircularPad1d</a>.
 */
public class CircularPad1d extends Pad {

    public CircularPad1d(long... padding) {
        super(1, Size.of(padding), PadMode.CIRCULAR, null);
    }
}
