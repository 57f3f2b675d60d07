package org.torchbridge.vision.models;

import org.jspecify.annotations.Nullable;
import org.torchbridge.nn.Sequential;

/**
 * What a residual block of a {@link ResNet} is told beside its sizes.
 *
 * @param stride of the 3x3 convolution that reduces; default 1
 * @param downsample what the shortcut does to match the output's shape, or null; default null
 * @param groups of the 3x3 convolution; default 1
 * @param baseWidth channels of each group where the block has 64 channels; default 64
 * @param dilation of the 3x3 convolution; default 1
 */
public record BlockOptions(long stride, @Nullable Sequential downsample, long groups, long baseWidth, long dilation) {
    /** All defaults. */
    public static final BlockOptions DEFAULT = new BlockOptions(1, null, 1, 64, 1);
}
