package org.torchbridge.io;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;

/**
 * The archive of a TorchScript module, looked through before libtorch reads it: libtorch trusts what it reads.
 *
 * <p>Its memory belongs to the current scope.
 */
public final class ScriptArchive {
    private static final String EXTRA_FILES = "/extra/";
    private static final String SOURCES = ".debug_pkl";

    /** The pickles that libtorch reads: the state, tensors in the code, and where the code comes from. */
    private static final List<String> PICKLES = List.of("/data.pkl", "/constants.pkl", SOURCES);

    private static final int MAX_DEPTH = 200;

    private final String source;
    private final MappedFile file;
    private final ZipArchive zip;

    private ScriptArchive(String source, MappedFile file) {
        this.source = source;
        this.file = file;
        FileKind kind = FileKind.of(file);
        if (kind != FileKind.TORCHSCRIPT) {
            throw new FileFormatException("is " + kind.description() + ", not a TorchScript archive. " + advice(kind));
        }
        this.zip = new ZipArchive(file);
        requireDistinctNames();
        zip.names().forEach(this::check);
    }

    /**
     * Opens a file.
     *
     * @throws FileFormatException if it is of another kind, or damaged
     * @throws TorchException if there is no such file, or it cannot be read
     */
    public static ScriptArchive open(Path path) {
        return named(path.toString(), () -> new ScriptArchive(path.toString(), MappedFile.open(path)));
    }

    /**
     * Opens the content of a file.
     *
     * @throws FileFormatException if it is of another kind, or damaged
     */
    public static ScriptArchive of(byte[] content) {
        return named("the content", () -> new ScriptArchive("the content", MappedFile.of(content)));
    }

    private static ScriptArchive named(String source, Supplier<ScriptArchive> open) {
        try {
            return open.get();
        } catch (FileFormatException e) {
            throw new FileFormatException(source + " " + e.getMessage(), e);
        }
    }

    private static String advice(FileKind kind) {
        return switch (kind) {
            case TORCH_SAVE, TORCH_SAVE_LEGACY, SAFETENSORS, SHARD_INDEX -> "It has weights and no program: make the"
                    + " module and give them to it, module.loadStateDict(Torch.load(file).stateDict())";
            default -> kind.advice();
        };
    }

    /** libtorch takes names that differ in the case of letters for the same. */
    private void requireDistinctNames() {
        Set<String> known = new HashSet<>();
        for (String name : zip.names()) {
            if (!isExtra(name) && !known.add(name.toLowerCase(Locale.ROOT))) {
                throw new FileFormatException("has two entries '" + name
                        + "', in small letters and in capital ones, of which libtorch reads only one");
            }
        }
    }

    /** Whether it is a file that was put beside the program. */
    private static boolean isExtra(String name) {
        int start = name.indexOf(EXTRA_FILES);
        return start >= 0 && name.indexOf('/') == start;
    }

    private void check(String name) {
        try (Scope scope = Scope.open()) {
            ZipArchive.Entry entry = zip.require(name);
            Tensor content = zip.content(entry);
            if (ZipArchive.checksum(content) != entry.crc()) {
                throw new FileFormatException(
                        "is damaged: its '" + name + "' is not what was written, the checksum differs");
            }
            if (!isExtra(name)) {
                check(entry, name.toLowerCase(Locale.ROOT), content);
            }
        }
    }

    private void check(ZipArchive.Entry entry, String lowerName, Tensor content) {
        if (lowerName.endsWith(".py")) {
            requireFlat(entry.name(), content.buffer());
        } else if (PICKLES.stream().anyMatch(lowerName::endsWith)) {
            TorchArchive.requireReadable(entry);
            Object value = readPickle(entry.name(), content.buffer());
            if (lowerName.endsWith(SOURCES)) {
                ScriptSources.check(value);
            }
        } else if (lowerName.endsWith("/model.json")) {
            throw new FileFormatException("is in the format from before PyTorch 1.1. Load it in Python, and write it"
                    + " again: torch.jit.save(torch.jit.load(file), file)");
        }
    }

    /** What is in a pickle, with tensors that are views of the file. */
    private @Nullable Object readPickle(String name, ByteBuffer pickle) {
        String folder = name.substring(0, name.lastIndexOf('.')) + "/";
        ScriptObjects objects = new ScriptObjects(new TorchObjects(new ZipStorages(zip, folder, false), file.size()));
        Object value = new Unpickler(pickle, objects).read();
        objects.requireFinite(value);
        return value;
    }

    /** libtorch's parser needs stack for each bracket and each block that is open, and ends the process when it has none. */
    private static void requireFlat(String name, ByteBuffer code) {
        int depth = 0;
        int indent = 0;
        boolean lineStarts = true;
        while (code.hasRemaining()) {
            byte next = code.get();
            indent = next == '\n' ? 0 : lineStarts && next == ' ' ? indent + 1 : indent;
            lineStarts = next == '\n' || lineStarts && next == ' ';
            switch (next) {
                case '(', '[', '{' -> depth++;
                case ')', ']', '}' -> depth = Math.max(0, depth - 1);
                default -> {} // nothing that is within something else
            }
            if (depth > MAX_DEPTH || indent > 2 * MAX_DEPTH) {
                throw new FileFormatException("has more than " + MAX_DEPTH
                        + " brackets or blocks within each other in '" + name + "', which libtorch cannot read");
            }
        }
    }

    /** The name of the file, for messages. */
    public String source() {
        return source;
    }

    /** The whole of it. */
    public Tensor bytes() {
        return file.bytes(0, file.size());
    }

    /** The files that were put beside the program. */
    public Map<String, byte[]> extraFiles() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : zip.names()) {
            if (isExtra(name)) {
                files.put(
                        name.substring(name.indexOf(EXTRA_FILES) + EXTRA_FILES.length()),
                        zip.content(zip.require(name)).toByteArray());
            }
        }
        return files;
    }
}
