package org.torchbridge.io;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;

/**
 * What a safetensors file says of itself: eight bytes with the length of a JSON object, and the object. The bytes of the
 * tensors follow, without gaps.
 *
 * @param metadata the texts that the file has beside its tensors
 * @param tensors by name, in the order of the file
 * @param dataStart where the tensors' bytes begin
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Entry> tensors, long dataStart) {
    static final int MAX_BYTES = 100_000_000;

    static final String METADATA = "__metadata__";

    private static final String WHAT = "its header";

    /** One tensor: {@code begin} and {@code end} count from the first tensor's first byte. */
    record Entry(String name, DType dtype, long[] shape, long begin, long end) {}

    /** @throws FileFormatException if the file is not as the format demands */
    static SafetensorsHeader read(MappedFile file) {
        long length = length(file);
        long dataStart = Long.BYTES + length;
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, Entry> tensors = new LinkedHashMap<>();
        StrictJson.read(
                WHAT,
                file.buffer(Long.BYTES, length),
                json -> json.object(name -> {
                    if (name.equals(METADATA)) {
                        json.object(key -> metadata.put(key, json.text()));
                    } else {
                        tensors.put(name, entry(name, json));
                    }
                }));
        requireNoGaps(tensors, file.size() - dataStart);
        return new SafetensorsHeader(metadata, tensors, dataStart);
    }

    private static long length(MappedFile file) {
        long length = file.buffer(0, Long.BYTES).getLong();
        if (length < 0 || length > MAX_BYTES) {
            throw new FileFormatException("is damaged: " + WHAT + " claims " + Long.toUnsignedString(length)
                    + " bytes; up to " + MAX_BYTES + " are allowed");
        }
        if (!file.contains(Long.BYTES, length)) {
            throw new FileFormatException("is damaged: " + WHAT + " should have " + length
                    + " bytes, but the whole file" + " has only " + file.size() + "; it was cut short or is broken");
        }
        if (length == 0 || file.buffer(Long.BYTES, 1).get() != '{') {
            throw new FileFormatException("is damaged: " + WHAT + " does not begin with {");
        }
        return length;
    }

    private static Entry entry(String name, StrictJson json) throws IOException {
        Fields fields = new Fields();
        json.object(key -> {
            switch (key) {
                case "dtype" -> fields.dtype = json.text();
                case "shape" -> fields.shape = json.sizes();
                case "data_offsets" -> fields.offsets = json.sizes();
                default -> json.skip();
            }
        });
        return fields.entry(name);
    }

    /** What the header says of a tensor, as far as it has been read. */
    private static final class Fields {
        @Nullable
        String dtype;

        long @Nullable [] shape;
        long @Nullable [] offsets;

        Entry entry(String name) {
            if (dtype == null || shape == null || offsets == null) {
                throw damaged(
                        name, "lacks its " + (dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets"));
            }
            if (offsets.length != 2) {
                throw damaged(name, "has " + offsets.length + " data_offsets, where two are expected");
            }
            SafetensorsType type = SafetensorsType.named(dtype);
            if (type == null) {
                throw new FileFormatException(
                        "has a tensor '" + name + "' of the type '" + dtype + "', which libtorch does not have");
            }
            long[] unpacked = unpack(name, type, shape);
            long bytes = bytes(name, type.dtype, unpacked);
            if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != bytes) {
                throw damaged(
                        name,
                        "of type " + dtype + " and shape " + Arrays.toString(shape) + " needs " + bytes
                                + " bytes; its data_offsets are " + Arrays.toString(offsets));
            }
            return new Entry(name, type.dtype, unpacked, offsets[0], offsets[1]);
        }
    }

    private static long bytes(String name, DType dtype, long[] shape) {
        try {
            return TensorBytes.count(dtype, shape);
        } catch (FileFormatException e) {
            throw damaged(name, e.getMessage());
        }
    }

    /** The shape in elements of libtorch's. */
    private static long[] unpack(String name, SafetensorsType type, long[] shape) {
        if (type.packing() == 1) {
            return shape;
        }
        int last = shape.length - 1;
        if (last < 0 || shape[last] % type.packing() != 0) {
            throw damaged(
                    name, "of type " + type + " and shape " + Arrays.toString(shape) + " does not fill its last byte");
        }
        long[] unpacked = shape.clone();
        unpacked[last] /= type.packing();
        return unpacked;
    }

    private static void requireNoGaps(Map<String, Entry> tensors, long dataBytes) {
        List<Entry> entries = new ArrayList<>(tensors.values());
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long end = 0;
        for (Entry entry : entries) {
            if (entry.begin() != end) {
                String fault = entry.begin() < end ? "overlaps the one before it" : "leaves a hole before it";
                throw damaged(entry.name(), fault + ": it begins at " + entry.begin() + " and should begin at " + end);
            }
            end = entry.end();
        }
        if (end != dataBytes) {
            throw new FileFormatException("is damaged: its tensors should have " + end + " bytes and have " + dataBytes
                    + (dataBytes < end ? "; it was cut short" : "; something was appended to it"));
        }
    }

    private static FileFormatException damaged(String name, String fault) {
        return new FileFormatException("is damaged: its tensor '" + name + "' " + fault);
    }
}
