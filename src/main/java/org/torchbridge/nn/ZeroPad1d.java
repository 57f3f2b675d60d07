package org.torchbridge.nn;

/**
 * Pads sequences with zeros. Input (N, C, L) or (C, L); padding one number or 2: left, right.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad1d.html">ZeroPad1d</a>.
 */
public class ZeroPad1d extends Pad {

    public ZeroPad1d(long... padding) {
        super(1, Size.of(padding), PadMode.CONSTANT, null);
    }
}
