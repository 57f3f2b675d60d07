package org.torchbridge;

import org.jspecify.annotations.Nullable;

/**
 * What kind of tensor a factory makes. What is {@code null} is left to libtorch's defaults: the default type
 * ({@link Torch#setDefaultDType}), strided layout, the default device ({@link Torch#setDefaultDevice}), not pinned.
 *
 * <pre>{@code
 * Tensor x = Torch.zeros(new long[] {2, 3}, TensorOptions.of(DType.FLOAT64).device(Device.of("cuda")));
 * }</pre>
 */
public record TensorOptions(
        @Nullable DType dtype, @Nullable Layout layout, @Nullable Device device, @Nullable Boolean pinMemory) {

    /** Everything left to the defaults. */
    public static final TensorOptions DEFAULT = new TensorOptions(null, null, null, null);

    public static TensorOptions of(DType dtype) {
        return DEFAULT.dtype(dtype);
    }

    public static TensorOptions of(Device device) {
        return DEFAULT.device(device);
    }

    public TensorOptions dtype(@Nullable DType dtype) {
        return new TensorOptions(dtype, layout, device, pinMemory);
    }

    public TensorOptions layout(@Nullable Layout layout) {
        return new TensorOptions(dtype, layout, device, pinMemory);
    }

    public TensorOptions device(@Nullable Device device) {
        return new TensorOptions(dtype, layout, device, pinMemory);
    }

    /** Whether the memory is page-locked, for fast copies to a GPU. */
    public TensorOptions pinMemory(@Nullable Boolean pinMemory) {
        return new TensorOptions(dtype, layout, device, pinMemory);
    }
}
