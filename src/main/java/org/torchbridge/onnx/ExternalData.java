package org.torchbridge.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.io.MappedFile;
import org.torchbridge.onnx.proto.StringStringEntryProto;
import org.torchbridge.onnx.proto.TensorProto;

/** The files beside a model that hold large tensors, mapped into memory when first used; none lies outside its folder. */
public final class ExternalData {
    /** For a model that is not from a file. */
    public static final ExternalData NONE = new ExternalData(null);

    private final @Nullable Path folder;
    private final Map<Path, MappedFile> files = new HashMap<>();

    ExternalData(@Nullable Path folder) {
        this.folder = folder;
    }

    /** The bytes of a tensor, {@code uint8} over the mapping. */
    synchronized Tensor bytes(TensorProto tensor, long expected) {
        String location = entry(tensor, "location", "");
        MappedFile file = files.computeIfAbsent(path(location), MappedFile::openOutsideScopes);
        long offset = number(tensor, "offset", 0);
        long length = number(tensor, "length", expected);
        if (length != expected) {
            throw new FileFormatException("says that the tensor '" + tensor.getName() + "' has " + length + " bytes in "
                    + location + "; its shape and type need " + expected);
        }
        if (!file.contains(offset, length)) {
            throw new FileFormatException("refers to " + length + " bytes at " + offset + " of " + location
                    + " for the tensor '" + tensor.getName() + "', but that file has only " + file.size() + " bytes");
        }
        return file.bytes(offset, length);
    }

    private Path path(String location) {
        if (folder == null) {
            throw new FileFormatException("has tensors in other files (" + location
                    + "), which are found only for a model that is loaded from a path");
        }
        try {
            Path root = folder.toRealPath();
            Path path = root.resolve(location);
            if (!Files.exists(path)) {
                throw new FileFormatException("has tensors in the file " + location + ", which is not beside it");
            }
            Path real = path.toRealPath();
            if (!real.startsWith(root)) {
                throw new FileFormatException(
                        "refers to the file " + location + ", which is outside of the model's folder");
            }
            return real;
        } catch (IOException | InvalidPathException e) {
            throw new FileFormatException("refers to the file " + location + ", which cannot be found: " + e, e);
        }
    }

    private static long number(TensorProto tensor, String key, long otherwise) {
        String text = entry(tensor, key, Long.toString(otherwise));
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new FileFormatException("has the tensor '" + tensor.getName() + "' whose external " + key + " is '"
                    + text + "', which is no number");
        }
    }

    private static String entry(TensorProto tensor, String key, String otherwise) {
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            if (entry.getKey().equals(key)) {
                return entry.getValue();
            }
        }
        return otherwise;
    }
}
