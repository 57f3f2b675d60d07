package org.torchbridge.nn;

/**
 * Pads images with zeros. Input (N, C, H, W) or (C, H, W); padding one number or 4: left, right, top, bottom.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad2d.html">ZeroPad2d</a>.
 */
public class ZeroPad2d extends Pad {

    public ZeroPad2d(long... padding) {
        super(2, Size.of(padding), PadMode.CONSTANT, null);
    }
}
