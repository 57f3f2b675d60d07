package org.torchbridge.nn;

/**
 * Pads volumes with the values at their border. Input (N, C, D, H, W) or (C, D, H, W); padding one number or 6: left,
 * right, top, bottom, front, back.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad3d.html">ReplicationPad3d</a>.
 */
public class ReplicationPad3d extends Pad {

    public ReplicationPad3d(long... padding) {
        super(3, Size.of(padding), PadMode.REPLICATE, null);
    }
}
