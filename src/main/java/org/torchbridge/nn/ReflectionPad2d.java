package org.torchbridge.nn;

/**
 * Pads images with their reflection at the border. Input (N, C, H, W) or (C, H, W); padding one number or 4: left,
 * right, top, bottom.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad2d.html">ReflectionPad2d</a>.
 */
public class ReflectionPad2d extends Pad {

    public ReflectionPad2d(long... padding) {
        super(2, Size.of(padding), PadMode.REFLECT, null);
    }
}
