package org.torchbridge.nn.attention;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.torchbridge.internal.AttentionKernels;
import org.torchbridge.nn.Functional;

/**
 * A block of code in which {@link Functional#scaledDotProductAttention} and what is made of it use only some kernels.
 * If none of them can do it, the call throws.
 *
 * <pre>{@code
 * try (var kernel = SdpaKernel.of(SDPBackend.MATH)) {
 *     Tensor y = Functional.scaledDotProductAttention(query, key, value);
 * }
 * }</pre>
 *
 * <p>The choice holds for all threads, as in Python.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.attention.sdpa_kernel.html">sdpa_kernel</a>.
 */
public final class SdpaKernel implements AutoCloseable {
    private final Set<SDPBackend> before = enabled();
    private boolean closed;

    private SdpaKernel() {}

    /** Allows {@code backends} only, until the result is closed. */
    public static SdpaKernel of(SDPBackend... backends) {
        if (backends.length == 0) {
            throw new IllegalArgumentException("no backend is given; one or more are expected");
        }
        SdpaKernel kernel = new SdpaKernel();
        enable(EnumSet.copyOf(Arrays.asList(backends)));
        return kernel;
    }

    /** The backends that may be used now. */
    public static Set<SDPBackend> enabled() {
        Set<SDPBackend> enabled = EnumSet.noneOf(SDPBackend.class);
        for (SDPBackend backend : SDPBackend.values()) {
            if (AttentionKernels.isEnabled(backend.ordinal())) {
                enabled.add(backend);
            }
        }
        return enabled;
    }

    /** Allows what was allowed before the block. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            enable(before);
        }
    }

    private static void enable(Set<SDPBackend> enabled) {
        for (SDPBackend backend : SDPBackend.values()) {
            AttentionKernels.enable(backend.ordinal(), enabled.contains(backend));
        }
    }
}
