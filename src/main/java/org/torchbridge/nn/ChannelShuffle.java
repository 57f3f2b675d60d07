package org.torchbridge.nn;

import org.torchbridge.Tensor;

/**
 * Cuts the channels into groups and takes one of each group in turn. Input and output (N, C, *), where C is a
 * multiple of the groups.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html">ChannelShuffle</a>.
 */
public class ChannelShuffle extends Layer {
    private final long groups;

    public ChannelShuffle(long groups) {
        this.groups = groups;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.channelShuffle(input, groups);
    }

    @Override
    public String extraRepr() {
        return "groups=" + groups;
    }
}
