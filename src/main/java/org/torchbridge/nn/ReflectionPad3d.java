package org.torchbridge.nn;

/**
 * Pads volumes with their reflection at the border. Input (N, C, D, H, W) or (C, D, H, W); padding one number or 6:
 * left, right, top, bottom, front, back.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad3d.html">ReflectionPad3d</a>.
 */
public class ReflectionPad3d extends Pad {

    public ReflectionPad3d(long... padding) {
        super(3, Size.of(padding), PadMode.REFLECT, null);
    }
}
