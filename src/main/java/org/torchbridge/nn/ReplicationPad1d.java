package org.torchbridge.nn;

/**
 * Pads sequences with the values at their border. Input (N, C, L) or (C, L); padding one number or 2: left, right.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad1d.html">ReplicationPad1d</a>.
 */
public class ReplicationPad1d extends Pad {

    public ReplicationPad1d(long... padding) {
        super(1, Size.of(padding), PadMode.REPLICATE, null);
    }
}
