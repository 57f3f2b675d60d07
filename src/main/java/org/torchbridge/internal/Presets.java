package org.torchbridge.internal;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;

/** The way over to the raw JavaCPP presets, whose tensors are the same objects behind other handles. */
public final class Presets {
    static {
        NativeLibraries.load();
        Loader.load(org.bytedeco.pytorch.global.torch.class);
    }

    private Presets() {}

    /** Loads the presets' natives, which their classes need. */
    static void load() {}

    /** A pointer to memory that somebody else owns. */
    private static final class Borrowed extends Pointer {
        Borrowed(long address) {
            super((Pointer) null);
            this.address = address;
        }
    }

    /** A pointer to what somebody else owns. */
    static Pointer borrowed(long address) {
        return new Borrowed(address);
    }

    /** A tensor of the presets that shares the one behind {@code handle} and is freed by itself. */
    public static Tensor tensor(long handle) {
        return new Tensor(new Tensor(new Borrowed(handle)));
    }

    /** A handle that shares the presets' {@code tensor} and belongs to the caller. */
    public static long share(Tensor tensor) {
        if (tensor.isNull()) {
            throw new IllegalStateException("the presets' tensor was closed");
        }
        return tensor.defined() ? NativeTensor.share(tensor.address()) : 0;
    }

    /** Switches this thread to inference mode until the result is closed, by the same thread. */
    public static AutoCloseable inferenceMode() {
        return new InferenceMode(true);
    }
}
