package org.torchbridge.internal;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/** Which kernels libtorch may use for attention, by the numbers that libtorch gives them. */
public final class AttentionKernels {
    private static final Context CONTEXT;

    static {
        NativeLibraries.load();
        Loader.load(torch.class);
        CONTEXT = torch.globalContext();
    }

    private AttentionKernels() {}

    public static boolean isEnabled(int backend) {
        return switch (backend) {
            case 0 -> CONTEXT.userEnabledMathSDP();
            case 1 -> CONTEXT.userEnabledFlashSDP();
            case 2 -> CONTEXT.userEnabledMemEfficientSDP();
            case 3 -> CONTEXT.userEnabledCuDNNSDP();
            case 4 -> CONTEXT.userEnabledOverrideableSDP();
            default -> throw new IllegalArgumentException("there is no kernel " + backend);
        };
    }

    public static void enable(int backend, boolean enabled) {
        switch (backend) {
            case 0 -> CONTEXT.setSDPUseMath(enabled);
            case 1 -> CONTEXT.setSDPUseFlash(enabled);
            case 2 -> CONTEXT.setSDPUseMemEfficient(enabled);
            case 3 -> CONTEXT.setSDPUseCuDNN(enabled);
            case 4 -> CONTEXT.setSDPUseOverrideable(enabled);
            default -> throw new IllegalArgumentException("there is no kernel " + backend);
        }
    }
}
