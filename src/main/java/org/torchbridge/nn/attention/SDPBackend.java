package org.torchbridge.nn.attention;

/**
 * A way in which libtorch computes scaled dot product attention. The CPU has {@link #MATH} and
 * {@link #FLASH_ATTENTION}.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.attention.SDPBackend.html">SDPBackend</a>.
 */
public enum SDPBackend {
    /** Plain operators, one after the other. */
    MATH,
    FLASH_ATTENTION,
    /** Memory-efficient attention. */
    EFFICIENT_ATTENTION,
    CUDNN_ATTENTION,
    /** What a device outside of libtorch brings. */
    OVERRIDEABLE
}
