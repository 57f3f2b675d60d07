package org.torchbridge;

import java.util.Locale;

/** How a quantized tensor's integers stand for numbers, with libtorch's numbering ({@code c10::QScheme}). */
public enum QScheme {
    PER_TENSOR_AFFINE,
    PER_CHANNEL_AFFINE,
    PER_TENSOR_SYMMETRIC,
    PER_CHANNEL_SYMMETRIC,
    PER_CHANNEL_AFFINE_FLOAT_QPARAMS;

    private static final QScheme[] BY_CODE = values();

    static QScheme of(int code) {
        return BY_CODE[code];
    }

    /** Python's text: {@code "torch.per_tensor_affine"}. */
    @Override
    public String toString() {
        return "torch." + name().toLowerCase(Locale.ROOT);
    }
}
