package org.torchbridge.io;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
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

    private static final Map<String, DType> TYPES = new HashMap<>();

    static {
        NAMES.forEach((type, name) -> TYPES.put(name, type));
    }

    private StorageTypes() {}

    /** The class for {@code type}; null for the newer types, which have none: their storages are plain bytes. */
    static @Nullable String name(DType type) {
        return NAMES.get(type);
    }

    /** The element type of a class, or null if there is no such class. */
    static @Nullable DType type(String name) {
        return TYPES.get(name);
    }
}
