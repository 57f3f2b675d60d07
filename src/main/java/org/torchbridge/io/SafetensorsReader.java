package org.torchbridge.io;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;

/**
 * A safetensors file that is open for reading.
 *
 * <p>Opening reads and checks the header. The file is mapped into memory: a tensor's bytes are read when they are used, and
 * writing to a tensor changes the memory of this process only. Where a file was written without regard to alignment, its
 * tensors are copies.
 *
 * <p>Follows <a href="https://github.com/huggingface/safetensors#format">the format's specification</a>; strictly: what
 * overlaps, leaves gaps, comes twice or is not accounted for is refused.
 */
public final class SafetensorsReader {
    private final String source;
    private final MappedFile file;
    private final SafetensorsHeader header;

    private SafetensorsReader(String source, MappedFile file, SafetensorsHeader header) {
        this.source = source;
        this.file = file;
        this.header = header;
    }

    /**
     * Opens a file. It stays open as long as the reader or one of its tensors is in use.
     *
     * @throws FileFormatException if it is of another kind, or damaged
     * @throws TorchException if there is no such file, or it cannot be read
     */
    public static SafetensorsReader open(Path path) {
        return Scope.call(() -> {
            MappedFile file = MappedFile.openOutsideScopes(path);
            try {
                requireSafetensors(file);
                return over(path.toString(), file);
            } catch (FileFormatException e) {
                throw new FileFormatException(path + " " + e.getMessage(), e);
            }
        });
    }

    /** The same for a file that has been recognised. */
    static SafetensorsReader over(String source, MappedFile file) {
        return new SafetensorsReader(source, file, SafetensorsHeader.read(file));
    }

    private static void requireSafetensors(MappedFile file) {
        FileKind kind = FileKind.of(file);
        // A broken header makes the kind unknown; what is broken says the header.
        if (kind != FileKind.SAFETENSORS && kind != FileKind.UNKNOWN) {
            throw new FileFormatException("is " + kind.description() + ", not a safetensors file. " + kind.advice());
        }
    }

    /** The texts that the file has beside its tensors ({@code __metadata__}), such as {@code {"format": "pt"}}. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /** The names of the tensors, in the order of the header. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(header.tensors().keySet());
    }

    /**
     * One tensor, on the CPU.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public Tensor tensor(String name) {
        SafetensorsHeader.Entry entry = header.tensors().get(name);
        if (entry == null) {
            throw new IllegalArgumentException("there is no tensor '" + name + "' in " + source + ", but "
                    + header.tensors().size() + " others; keys() has their names");
        }
        return Scope.call(() -> {
            Tensor bytes = file.bytes(header.dataStart() + entry.begin(), entry.end() - entry.begin());
            return TensorBytes.tensor(bytes, entry.dtype(), entry.shape());
        });
    }

    /** All tensors. */
    public StateDict stateDict() {
        StateDict state = new StateDict();
        keys().forEach(name -> state.put(name, tensor(name)));
        return state;
    }
}
