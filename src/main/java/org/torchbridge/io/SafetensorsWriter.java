package org.torchbridge.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;

/**
 * Writes safetensors files: the same tensors give the same bytes as Hugging Face's own library.
 *
 * <p>The format knows contiguous tensors that share nothing. A tensor that is not contiguous is written in row-major order.
 * Tensors that share memory, such as tied weights, are written each with its own elements: every reader finds all names,
 * at the price of a larger file. To write them once, leave all but one out, as Python's {@code save_model} does.
 */
public final class SafetensorsWriter {
    /** What Hugging Face's libraries look for in a file of PyTorch's. */
    static final Map<String, String> PYTORCH = Map.of("format", "pt");

    private static final int HEADER_ALIGNMENT = 8;

    private static final JsonFactory JSON =
            JsonFactory.builder().disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE).build();

    private record Named(String name, SafetensorsType type, Tensor tensor) {
        static Named of(String name, @Nullable Tensor tensor) {
            if (name.equals(SafetensorsHeader.METADATA)
                    || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
                throw new IllegalArgumentException("a safetensors file can have no tensor named '" + name + "'");
            }
            TensorBytes.requirePlain(name, tensor);
            SafetensorsType type = SafetensorsType.of(tensor.dtype());
            if (type == null) {
                throw new IllegalArgumentException("the tensor '" + name + "' is of type " + tensor.dtype()
                        + ", for which safetensors files have no name; convert it first, or use Torch.save");
            }
            return new Named(name, type, tensor);
        }

        byte[] nameBytes() {
            return name.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Large elements first, so that all are aligned; then by name. */
    private static final Comparator<Named> ORDER =
            Comparator.comparing(Named::type).reversed().thenComparing(Named::nameBytes, Arrays::compareUnsigned);

    private SafetensorsWriter() {}

    /** Writes tensors, with the metadata {@code {"format": "pt"}}, which Hugging Face's libraries look for. */
    public static void write(Map<String, Tensor> tensors, Path path) {
        write(tensors, PYTORCH, path);
    }

    /**
     * Writes tensors with other metadata. The file appears under its name only when it is complete.
     *
     * @param metadata texts for {@code __metadata__}; where there are none, the file has none
     * @throws IllegalArgumentException if a tensor is sparse, quantized or of a type that the format does not have
     * @throws TorchException if the file cannot be written
     */
    public static void write(Map<String, Tensor> tensors, Map<String, String> metadata, Path path) {
        AtomicFile.write(path, content(tensors, metadata));
    }

    /** @throws IllegalArgumentException if a tensor cannot be written */
    static AtomicFile.Content content(Map<String, Tensor> tensors, Map<String, String> metadata) {
        List<Named> sorted = new ArrayList<>();
        tensors.forEach((name, tensor) -> sorted.add(Named.of(name, tensor)));
        sorted.sort(ORDER);
        ByteBuffer header = header(sorted, metadata);
        return channel -> {
            TensorBytes.write(header.duplicate(), channel);
            for (Named each : sorted) {
                TensorBytes.write(each.tensor(), channel);
            }
        };
    }

    private static ByteBuffer header(List<Named> tensors, Map<String, String> metadata) {
        byte[] json = json(tensors, metadata).getBytes(StandardCharsets.UTF_8);
        int length = json.length + Math.floorMod(-json.length, HEADER_ALIGNMENT);
        if (length > SafetensorsHeader.MAX_BYTES) {
            throw new IllegalArgumentException("the names and metadata need " + length
                    + " bytes; a safetensors file can have " + SafetensorsHeader.MAX_BYTES);
        }
        ByteBuffer header = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(length).put(json);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.flip();
    }

    private static String json(List<Named> tensors, Map<String, String> metadata) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(SafetensorsHeader.METADATA);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long begin = 0;
            for (Named each : tensors) {
                long end = begin + TensorBytes.count(each.tensor());
                json.writeObjectFieldStart(each.name());
                json.writeStringField("dtype", each.type().name());
                writeSizes(json, "shape", shape(each));
                writeSizes(json, "data_offsets", begin, end);
                json.writeEndObject();
                begin = end;
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void writeSizes(JsonGenerator json, String key, long... sizes) throws IOException {
        json.writeFieldName(key);
        json.writeArray(sizes, 0, sizes.length);
    }

    /** The shape in elements of the file's. */
    private static long[] shape(Named named) {
        long[] shape = named.tensor().shape();
        if (named.type().packing() > 1) {
            if (shape.length == 0) {
                throw new IllegalArgumentException("the tensor '" + named.name() + "' of type "
                        + named.tensor().dtype() + " has no dimension in which its numbers could be counted");
            }
            shape[shape.length - 1] *= named.type().packing();
        }
        return shape;
    }
}
