package org.torchbridge.jit;

import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Device;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.internal.NativeTensor;
import org.torchbridge.internal.ScriptObject;
import org.torchbridge.io.ScriptArchive;

/** Reads the archives of script modules. */
final class ScriptFiles {
    private ScriptFiles() {}

    static ScriptModule load(Path file, @Nullable Device device, Map<String, byte[]> extraFiles) {
        return load(() -> ScriptArchive.open(file), device, extraFiles);
    }

    static ScriptModule load(byte[] content, @Nullable Device device, Map<String, byte[]> extraFiles) {
        return load(() -> ScriptArchive.of(content), device, extraFiles);
    }

    private static ScriptModule load(
            Supplier<ScriptArchive> open, @Nullable Device device, Map<String, byte[]> extraFiles) {
        try (Scope scope = Scope.open()) {
            ScriptArchive archive = open.get();
            extraFiles.putAll(archive.extraFiles());
            return ScriptModule.of(read(archive, device));
        }
    }

    private static ScriptObject read(ScriptArchive archive, @Nullable Device device) {
        Tensor bytes = archive.bytes();
        try {
            return ScriptObject.load(
                    NativeTensor.dataAddress(bytes.handle()), bytes.numel(), device == null ? null : device.toString());
        } catch (TorchException e) {
            throw new FileFormatException(archive.source() + " cannot be loaded: " + e.getMessage(), e);
        } finally {
            Reference.reachabilityFence(bytes);
        }
    }
}
