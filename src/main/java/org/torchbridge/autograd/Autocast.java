package org.torchbridge.autograd;

import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.ThreadMode;
import org.torchbridge.Torch;
import org.torchbridge.internal.NativeModes;

/**
 * A block in which operators choose their own precision: matrix products and convolutions compute in half precision,
 * operators that need it (softmax, losses, norms) in {@code float32}. Parameters stay as they are, and so do their
 * gradients' types.
 *
 * <pre>{@code
 * try (var autocast = Autocast.open(Device.Type.CPU)) {
 *     loss = criterion.call(model.call(input), target);
 * }
 * loss.backward();
 * }</pre>
 *
 * <p>Blocks nest; one with {@code enabled} false switches off. Converted parameters are cached until the outermost block
 * ends. Follows <a href="https://pytorch.org/docs/stable/amp.html#autocasting">torch.amp.autocast</a>.
 */
public final class Autocast extends ThreadMode {
    private Autocast(Runnable restore) {
        super(restore);
    }

    /** With the device's usual type: {@code bfloat16} on the CPU, {@code float16} on CUDA. Without CUDA, a block for it is none. */
    public static Autocast open(Device.Type device) {
        return open(device, null, true, true);
    }

    public static Autocast open(Device.Type device, DType dtype) {
        return open(device, dtype, true, true);
    }

    /**
     * @param device the kind of device whose operators choose
     * @param dtype the type they choose, {@code bfloat16} or {@code float16}; null for the device's usual one
     * @param enabled whether they do
     * @param cacheEnabled whether a parameter is converted once only
     */
    public static Autocast open(Device.Type device, @Nullable DType dtype, boolean enabled, boolean cacheEnabled) {
        int type = device.code();
        boolean wasEnabled = NativeModes.isAutocastEnabled(type);
        int dtypeBefore = NativeModes.autocastDType(type);
        boolean wasCaching = NativeModes.isAutocastCacheEnabled();
        int chosen = dtype == null ? dtypeBefore : dtype.code();
        if (enabled && chosen != DType.BFLOAT16.code() && chosen != DType.FLOAT16.code()) {
            throw new IllegalArgumentException(
                    "autocast to " + DType.of(chosen) + " is not possible; torch.bfloat16 and torch.float16 are");
        }
        NativeModes.enterAutocast();
        NativeModes.setAutocastEnabled(type, enabled && (device != Device.Type.CUDA || Torch.isCudaAvailable()));
        NativeModes.setAutocastDType(type, chosen);
        NativeModes.setAutocastCacheEnabled(cacheEnabled);
        return new Autocast(() -> {
            NativeModes.leaveAutocast();
            NativeModes.setAutocastEnabled(type, wasEnabled);
            NativeModes.setAutocastDType(type, dtypeBefore);
            NativeModes.setAutocastCacheEnabled(wasCaching);
        });
    }

    /** Whether this thread is in a block for {@code device} that is enabled. */
    public static boolean isEnabled(Device.Type device) {
        return NativeModes.isAutocastEnabled(device.code());
    }

    /** The type that operators on {@code device} choose, or would. */
    public static DType dtype(Device.Type device) {
        return DType.of(NativeModes.autocastDType(device.code()));
    }

    /** Whether converted parameters are cached. */
    public static boolean isCacheEnabled() {
        return NativeModes.isAutocastCacheEnabled();
    }
}
