package org.torchbridge.nn;

/**
 * Pads images with a constant. Input (N, C, H, W) or (C, H, W); padding one number or 4: left, right, top, bottom.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad2d.html">ConstantPad2d</a>.
 */
public class ConstantPad2d extends Pad {

    public ConstantPad2d(long padding, Number value) {
        this(Size.of(padding), value);
    }

    public ConstantPad2d(Size padding, Number value) {
        super(2, padding, PadMode.CONSTANT, value);
    }
}
