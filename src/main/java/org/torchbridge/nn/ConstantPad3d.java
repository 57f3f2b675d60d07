package org.torchbridge.nn;

/**
 * Pads volumes with a constant. Input (N, C, D, H, W) or (C, D, H, W); padding one number or 6: left, right, top,
 * bottom, front, back.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad3d.html">ConstantPad3d</a>.
 */
public class ConstantPad3d extends Pad {

    public ConstantPad3d(long padding, Number value) {
        this(Size.of(padding), value);
    }

    public ConstantPad3d(Size padding, Number value) {
        super(3, padding, PadMode.CONSTANT, value);
    }
}
