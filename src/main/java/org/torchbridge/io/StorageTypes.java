package org.torchbridge.io;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;

/** The classes that stand for an element type in a file of {@code torch.save}, all in Python's module {@code torch}. */
final class StorageTypes {
    private static final Map<DType, String> NAMES = new EnumMap<>(Map.ofEntries(
            Map.entry(DType.FLOAT64, "DoubleStorage"),
            Map.entry(DType.FLOAT32, "FloatStorage"),
            Map.entry(DType.FLOAT16, "HalfStorage"),
            Map.entry(DType.BFLOAT16, "BFloat16Storage"),
            Map.entry(DType.INT64, "LongStorage"),
            Map.entry(DType.INT32, "IntStorage"),
            Map.entry(DType.INT16, "ShortStorage"),
            Map.entry(DType.INT8, "CharStorage"),
            Map.entry(DType.UINT8, "ByteStorage"),
            Map.entry(DType.BOOL, "BoolStorage"),
            Map.entry(DType.COMPLEX64, "ComplexFloatStorage"),
            Map.entry(DType.COMPLEX128, "ComplexDoubleStorage")));

    private static final Map<DType, String> QUANTIZED = new EnumMap<>(Map.of(
            DType.QUINT8, "QUInt8Storage",
            DType.QINT8, "QInt8Storage",
            DType.QINT32, "QInt32Storage"));

    /** Those that libtorch writes and Python does not. */
    private static final Map<String, DType> OF_LIBTORCH = Map.of(
            "ComplexHalfStorage", DType.COMPLEX32,
            "Float8_e5m2Storage", DType.FLOAT8_E5M2,
            "Float8_e4m3fnStorage", DType.FLOAT8_E4M3FN,
            "Float8_e5m2fnuzStorage", DType.FLOAT8_E5M2FNUZ,
            "Float8_e4m3fnuzStorage", DType.FLOAT8_E4M3FNUZ,
            "Float8_e8m0fnuStorage", DType.FLOAT8_E8M0FNU,
            "UInt16Storage", DType.UINT16,
            "UInt32Storage", DType.UINT32,
            "UInt64Storage", DType.UINT64);

    private StorageTypes() {}

    /** The class for {@code type}; null for the newer types, which have none: their storages are plain bytes. */
    static @Nullable String name(DType type) {
        return NAMES.get(type);
    }

    /** All classes; those of quantized tensors have the type of the integers in them. */
    static void forEach(BiConsumer<String, DType> action) {
        NAMES.forEach((type, name) -> action.accept(name, type));
        QUANTIZED.forEach((type, name) -> action.accept(name, intType(type)));
        OF_LIBTORCH.forEach(action);
    }

    /** The class for a quantized type; null if it cannot be in a file: more than one of its numbers are in a byte. */
    static @Nullable String quantizedName(DType type) {
        return QUANTIZED.get(type);
    }

    /** The type of the integers of a quantized type. */
    private static DType intType(DType type) {
        return switch (type) {
            case QUINT8 -> DType.UINT8;
            case QINT8 -> DType.INT8;
            default -> DType.INT32;
        };
    }
}
