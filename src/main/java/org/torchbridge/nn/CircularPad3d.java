package org.torchbridge.nn;

/**
 * Pads volumes with their other side. Input (N, C, D, H, W) or (C, D, H, W); padding one number or 6: left, right,
 * top, bottom, front, back.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.CircularPad3d.html">CircularPad3d</a>.
 */
public class CircularPad3d extends Pad {

    public CircularPad3d(long... padding) {
        super(3, Size.of(padding), PadMode.CIRCULAR, null);
    }
}
