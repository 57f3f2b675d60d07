package org.torchbridge.nn;

/**
 * Pads images with the values at their border. Input (N, C, H, W) or (C, H, W); padding one number or 4: left, right,
 * top, bottom.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad2d.html">ReplicationPad2d</a>.
 */
public class ReplicationPad2d extends Pad {

    public ReplicationPad2d(long... padding) {
        super(2, Size.of(padding), PadMode.REPLICATE, null);
    }
}
