package org.torchbridge;

import java.lang.ref.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the generated methods do to their arguments on the way to the native ones. */
final class Arguments {
    private static final long NOT_GIVEN = Long.MIN_VALUE;
    private static final int NO_DEVICE = Integer.MIN_VALUE;
    private static final int NO_ENUM = -1;

    private Arguments() {}

    static long handle(@Nullable Tensor tensor) {
        return tensor == null ? 0 : tensor.handle();
    }

    static long handle(@Nullable Generator generator) {
        return generator == null ? 0 : generator.handle();
    }

    static long[] handles(String parameter, List<Tensor> tensors) {
        long[] handles = new long[tensors.size()];
        for (int i = 0; i < handles.length; i++) {
            Tensor tensor = tensors.get(i);
            if (tensor == null) {
                throw new NullPointerException("element " + i + " of " + parameter + " is null; a tensor is expected");
            }
            handles[i] = tensor.handle();
        }
        return handles;
    }

    static long[] optionalHandles(List<@Nullable Tensor> tensors) {
        long[] handles = new long[tensors.size()];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = handle(tensors.get(i));
        }
        return handles;
    }

    static long wholeNumber(String parameter, @Nullable Number value) {
        return value == null ? NOT_GIVEN : Scalar.wholeNumber(parameter, value);
    }

    static long[] scalars(Number[] values) {
        long[] parts = new long[3 * values.length];
        for (int i = 0; i < values.length; i++) {
            parts[3 * i] = Scalar.kind(values[i]);
            parts[3 * i + 1] = Scalar.bits(values[i]);
            parts[3 * i + 2] = Scalar.imaginaryBits(values[i]);
        }
        return parts;
    }

    static int code(@Nullable Boolean value) {
        return value == null ? NO_ENUM : value ? 1 : 0;
    }

    static int code(@Nullable DType dtype) {
        return dtype == null ? NO_ENUM : dtype.code();
    }

    static int code(@Nullable Layout layout) {
        return layout == null ? NO_ENUM : layout.code();
    }

    static int code(@Nullable MemoryFormat format) {
        return format == null ? NO_ENUM : format.code();
    }

    static int code(@Nullable Device device) {
        return device == null ? NO_DEVICE : device.encode();
    }

    /** The device of what a factory makes: the default one where none is given. */
    static int factoryDevice(@Nullable Device device) {
        return code(device == null ? Torch.explicitDefaultDevice() : device);
    }

    // Called after a native method with what it used: the garbage collector must not free a tensor in the middle of it.

    static void keepAlive(@Nullable Object a) {
        Reference.reachabilityFence(a);
    }

    static void keepAlive(@Nullable Object a, @Nullable Object b) {
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
    }

    static void keepAlive(@Nullable Object a, @Nullable Object b, @Nullable Object c) {
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(c);
    }

    static void keepAlive(@Nullable Object... all) {
        for (Object each : all) {
            Reference.reachabilityFence(each);
        }
    }
}
