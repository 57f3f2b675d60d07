package org.torchbridge.nn.utils;

import java.util.function.Supplier;
import org.torchbridge.Device;
import org.torchbridge.Torch;
import org.torchbridge.nn.Module;

/**
 * Makes modules without first values, for those that get theirs from a file.
 *
 * <pre>{@code
 * Linear linear = SkipInit.skipInit(() -> new Linear(4096, 4096));
 * linear.loadStateDict(state);
 * }</pre>
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.utils.skip_init.html">torch.nn.utils.skip_init</a>.
 */
public final class SkipInit {
    private SkipInit() {}

    /** {@link #skipInit(Supplier, Device)} on the default device. */
    public static <M extends Module> M skipInit(Supplier<M> constructor) {
        return skipInit(constructor, Torch.getDefaultDevice());
    }

    /**
     * What {@code constructor} makes, on {@code device}, with parameters and buffers whose values mean nothing. Neither
     * time nor random numbers are spent on them. Meanwhile no other thread may make tensors: the default device is
     * changed.
     */
    public static <M extends Module> M skipInit(Supplier<M> constructor, Device device) {
        Device before = Torch.getDefaultDevice();
        M module;
        Torch.setDefaultDevice(Device.META);
        try {
            module = constructor.get();
        } finally {
            Torch.setDefaultDevice(before);
        }
        module.toEmpty(device);
        return module;
    }
}
