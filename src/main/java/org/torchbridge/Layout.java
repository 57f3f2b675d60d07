package org.torchbridge;

import java.util.Locale;

/** How a tensor's elements lie in memory, with libtorch's numbering ({@code c10::Layout}). */
public enum Layout {
    STRIDED,
    SPARSE_COO,
    SPARSE_CSR,
    MKLDNN,
    SPARSE_CSC,
    SPARSE_BSR,
    SPARSE_BSC,
    JAGGED;

    private static final Layout[] BY_CODE = values();

    static Layout of(int code) {
        return BY_CODE[code];
    }

    int code() {
        return ordinal();
    }

    /** Python's text: {@code "torch.strided"}. */
    @Override
    public String toString() {
        return this == MKLDNN ? "torch._mkldnn" : "torch." + name().toLowerCase(Locale.ROOT);
    }
}
