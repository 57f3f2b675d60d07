package org.torchbridge.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.torchbridge.Device;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.io.AtomicFile;
import org.torchbridge.onnx.exporter.ModelExport;
import org.torchbridge.onnx.proto.ModelProto;
import org.torchbridge.onnx.proto.StringStringEntryProto;
import org.torchbridge.onnx.proto.TensorProto;

/** Writes models as files: with their weights in them, or beside them if they are large. */
final class OnnxFiles {
    /** Smaller tensors stay in the model, where tools that infer shapes look for them. */
    private static final long SMALL = 1024;

    /** Places in the file are multiples of a page, so that it can be mapped. */
    private static final long ALIGNMENT = 4096;

    private static final int CHUNK = 1 << 22;

    private OnnxFiles() {}

    static OnnxModel write(Path file, ModelExport.Result result, long externalBytes) {
        long total =
                result.weights().values().stream().mapToLong(OnnxFiles::bytes).sum();
        if (total <= externalBytes) {
            AtomicFile.write(file, channel -> write(channel, whole(result)));
        } else {
            writeExternal(file, result);
        }
        return OnnxModel.load(file);
    }

    private static long bytes(Tensor tensor) {
        return tensor.numel() * tensor.dtype().itemSize();
    }

    private static ModelProto whole(ModelExport.Result result) {
        ModelProto.Builder model = result.model().toBuilder();
        result.weights().forEach((name, tensor) -> model.getGraphBuilder()
                .addInitializer(Scope.call(() -> TensorWriter.write(name, tensor))));
        return model.build();
    }

    private static void write(FileChannel channel, ModelProto model) throws IOException {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), CHUNK);
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        model.writeTo(coded);
        coded.flush();
        out.flush();
    }

    // ---- weights beside the model

    private static void writeExternal(Path file, ModelExport.Result result) {
        String location = file.getFileName() + ".data";
        Map<Tensor, Long> offsets = new LinkedHashMap<>();
        ModelProto.Builder model = result.model().toBuilder();
        long end = 0;
        for (Map.Entry<String, Tensor> weight : result.weights().entrySet()) {
            Tensor tensor = weight.getValue();
            if (bytes(tensor) < SMALL) {
                model.getGraphBuilder().addInitializer(TensorWriter.write(weight.getKey(), tensor));
                continue;
            }
            // A tensor under two names is written once.
            Long offset = offsets.get(tensor);
            if (offset == null) {
                offset = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
                offsets.put(tensor, offset);
                end = offset + bytes(tensor);
            }
            model.getGraphBuilder().addInitializer(external(weight.getKey(), tensor, location, offset));
        }
        Map<Path, AtomicFile.Content> files = new LinkedHashMap<>();
        files.put(file.resolveSibling(location), channel -> writeWeights(channel, offsets));
        files.put(file, channel -> write(channel, model.build()));
        AtomicFile.writeAll(files);
    }

    private static TensorProto external(String name, Tensor tensor, String location, long offset) {
        return TensorWriter.describe(name, tensor)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", Long.toString(offset)))
                .addExternalData(entry("length", Long.toString(bytes(tensor))))
                .build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static void writeWeights(FileChannel channel, Map<Tensor, Long> offsets) throws IOException {
        for (Map.Entry<Tensor, Long> entry : offsets.entrySet()) {
            channel.position(entry.getValue());
            try (Scope scope = Scope.open()) {
                Tensor flat =
                        entry.getKey().detach().to(Device.CPU).contiguous().flatten();
                for (long from = 0; from < flat.numel(); from += CHUNK) {
                    write(
                            channel,
                            flat.narrow(0, from, Math.min(CHUNK, flat.numel() - from))
                                    .buffer());
                }
            }
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
