package org.torchbridge.nn;

/**
 * Pads volumes with zeros. Input (N, C, D, H, W) or (C, D, H, W); padding one number or 6: left, right, top, bottom,
 * front, back.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad3d.html">ZeroPad3d</a>.
 */
public class ZeroPad3d extends Pad {

    public ZeroPad3d(long... padding) {
        super(3, Size.of(padding), PadMode.CONSTANT, null);
    }
}
