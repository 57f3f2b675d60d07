package org.torchbridge;

import java.util.Locale;

/**
 * The order of a tensor's dimensions in memory, with libtorch's numbering ({@code c10::MemoryFormat}).
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/tensor_attributes.html#torch.memory_format">
 * torch.memory_format</a>.
 */
public enum MemoryFormat {
    CONTIGUOUS_FORMAT,
    PRESERVE_FORMAT,
    CHANNELS_LAST,
    CHANNELS_LAST_3D;

    int code() {
        return ordinal();
    }

    /** Python's text: {@code "torch.channels_last"}. */
    @Override
    public String toString() {
        return "torch." + name().toLowerCase(Locale.ROOT);
    }
}
