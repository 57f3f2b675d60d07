package org.torchbridge.nn;

/**
 * Pads images with their other side. Input (N, C, H, W) or (C, H, W); padding one number or 4: left, right, top,
 * bottom.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.CircularPad2d.html">CircularPad2d</a>.
 */
public class CircularPad2d extends Pad {

    public CircularPad2d(long... padding) {
        super(2, Size.of(padding), PadMode.CIRCULAR, null);
    }
}
