package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.internal.NativeTracer;

/** The masks of attention: true, or minus infinity to be added to a score, where a key is not attended to. */
final class AttentionMasks {
    private AttentionMasks() {}

    /** The mask as numbers to be added to the scores. */
    static @Nullable Tensor additive(String name, @Nullable Tensor mask, DType dtype) {
        if (mask == null || mask.dtype().isFloatingPoint()) {
            return mask;
        }
        if (mask.dtype() != DType.BOOL) {
            throw new IllegalArgumentException(
                    "only bool and floating types of " + name + " are supported, not " + mask.dtype());
        }
        return Torch.zeros(mask.shape(), TensorOptions.of(dtype).device(mask.device()))
                .maskedFill_(mask, Double.NEGATIVE_INFINITY);
    }

    /** Both masks, to be added, as one; each may be null. */
    static @Nullable Tensor sum(@Nullable Tensor a, @Nullable Tensor b) {
        return a == null || b == null ? (a == null ? b : a) : a.add(b);
    }

    /** Whether the mask is the causal one; {@code hint}, unless null, says so without a look. */
    static boolean isCausal(@Nullable Tensor mask, @Nullable Boolean hint) {
        if (hint != null || mask == null) {
            return hint != null && hint;
        }
        // A trace is for other masks too, and what this finds out saves time only.
        if (NativeTracer.isTracing() || mask.dim() != 2 || mask.size(0) != mask.size(1)) {
            return false;
        }
        TensorOptions like = TensorOptions.of(mask.dtype()).device(mask.device());
        return mask.equal(Transformer.generateSquareSubsequentMask(mask.size(0), like));
    }
}
