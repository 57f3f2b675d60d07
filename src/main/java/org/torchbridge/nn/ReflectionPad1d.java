package org.torchbridge.nn;

/**
 * Pads sequences with their reflection at the border. Input (N, C, L) or (C, L); padding one number or 2: left, right.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad1d.html">ReflectionPad1d</a>.
 */
public class ReflectionPad1d extends Pad {

    public ReflectionPad1d(long... padding) {
        super(1, Size.of(padding), PadMode.REFLECT, null);
    }
}
