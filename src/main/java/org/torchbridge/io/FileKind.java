package org.torchbridge.io;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.TorchException;

/** What a file is, told from its content, not from its name. */
public enum FileKind {
    TORCH_SAVE("a file of torch.save", "Read it with Torch.load"),
    TORCH_SAVE_LEGACY("a file of torch.save in the format from before PyTorch 1.6", "Read it with Torch.load"),
    TORCH_SAVE_TAR(
            "a file of torch.save in the tar format of PyTorch 0.1",
            "Write it again in Python: torch.save(torch.load(file), file)"),
    TORCHSCRIPT(
            "a TorchScript archive, a whole module with its code",
            "Load it with ScriptModule.load, whose stateDict() has its weights"),
    SAFETENSORS("a safetensors file", "Read it with Torch.load"),
    SHARD_INDEX(
            "an index of a checkpoint in several files",
            "Read it with Torch.load by its path: the files lie beside it"),
    ONNX("an ONNX model", "Load it as a module: OnnxModel.load(file).toModule()"),
    PICKLE("a Python pickle that torch.save did not write", "Save the state dict in Python: torch.save(state, file)"),
    NUMPY("a NumPy array or an archive of them", "Read it with Torch.load"),
    HDF5("an HDF5 file, as Keras writes them", "Convert its arrays in Python with torch.from_numpy and torch.save"),
    GGUF("a GGUF file", "Find the original weights in PyTorch's format"),
    ZIP("a zip archive, but none of PyTorch's", "Unpack it and look for the weights inside"),
    DAMAGED_ZIP(
            "a damaged zip archive, whose table of contents is missing or broken",
            "It was cut short or changed; copy or download it again"),
    COMPRESSED("a compressed file or a tar archive", "Unpack it first"),
    IMAGE("an image", "Give a file of weights"),
    HTML("a web page", "The download went wrong; look at it in a browser"),
    GIT_LFS_POINTER("a pointer that Git LFS left in place of the file", "Fetch the file itself: git lfs pull"),
    EMPTY("an empty file", "It was not written to its end; copy or download it again"),
    UNKNOWN("a file of an unknown kind", "Give a file of torch.save, safetensors or NumPy");

    private static final int HEAD_BYTES = 512;
    private static final int INDEX_HEAD_BYTES = 1 << 16;
    private static final String LEGACY_MAGIC = "\u008a\12\u006c\u00fc\u009c\u0046\u00f9\u0020\u006a\u00a8\u0050\u0019";
    private static final String LEGACY_MAGIC_AS_TEXT = "L119547037146038801333356L\n.";
    private static final int TAR_MAGIC_OFFSET = 257;
    private static final int MAX_ONNX_IR_VERSION = 40;

    private final String description;
    private final String advice;

    FileKind(String description, String advice) {
        this.description = description;
        this.advice = advice;
    }

    /** For people, after "is": {@code "a safetensors file"}. */
    public String description() {
        return description;
    }

    /** For people, a sentence without its full stop: what to do with such a file where a state dict is wanted. */
    public String advice() {
        return advice;
    }

    /** That the file {@code source} is of this kind, where something is asked for that it does not have. */
    FileFormatException refusal(String source) {
        return new FileFormatException(source + " is " + description + ". " + advice);
    }

    /**
     * Looks into a file.
     *
     * @throws TorchException if there is no such file, or it cannot be read
     */
    public static FileKind of(Path path) {
        return Scope.call(() -> of(MappedFile.open(path)));
    }

    static FileKind of(MappedFile file) {
        ByteBuffer head = file.buffer(0, Math.min(file.size(), HEAD_BYTES));
        if (file.size() == 0) {
            return EMPTY;
        } else if (startsWith(head, "PK\3\4") || startsWith(head, "PK\5\6")) {
            return ofZip(file);
        } else if (isLegacy(head)) {
            return TORCH_SAVE_LEGACY;
        } else if (isSafetensors(head, file.size())) {
            return SAFETENSORS;
        } else if (isShardIndex(head, file)) {
            return SHARD_INDEX;
        } else if (isOnnx(head)) {
            return ONNX;
        } else if (head.get(0) == (byte) 0x80 && head.limit() > 1 && head.get(1) >= 2 && head.get(1) <= 5) {
            return PICKLE;
        }
        return ofMagic(head);
    }

    private static FileKind ofMagic(ByteBuffer head) {
        if (startsWith(head, "\u0093NUMPY")) {
            return NUMPY;
        } else if (startsWith(head, "\u0089HDF\r\n")) {
            return HDF5;
        } else if (startsWith(head, "GGUF")) {
            return GGUF;
        } else if (matches(head, TAR_MAGIC_OFFSET, "ustar") && isOfTorch(head)) {
            return TORCH_SAVE_TAR;
        } else if (startsWithAny(head, "\u001f\u008b", "BZh", "\u00fd7zXZ", "7z\u00bc\u00af", "(\u00b5/\u00fd", "Rar!")
                || matches(head, TAR_MAGIC_OFFSET, "ustar")) {
            return COMPRESSED;
        } else if (startsWithAny(head, "\u0089PNG", "\u00ff\u00d8\u00ff", "GIF8", "BM", "II*\0", "MM\0*")
                || startsWith(head, "RIFF") && matches(head, 8, "WEBP")) {
            return IMAGE;
        } else if (startsWithAny(head, "<!DOCTYPE", "<!doctype", "<html", "<HTML")) {
            return HTML;
        } else if (startsWith(head, "version https://git-lfs")) {
            return GIT_LFS_POINTER;
        }
        return UNKNOWN;
    }

    private static FileKind ofZip(MappedFile file) {
        try {
            return ofEntries(new ZipArchive(file).names());
        } catch (FileFormatException e) {
            return DAMAGED_ZIP;
        }
    }

    private static FileKind ofEntries(Set<String> names) {
        if (names.stream().anyMatch(name -> name.endsWith(TorchArchive.PICKLE))) {
            boolean hasCode =
                    names.stream().anyMatch(name -> name.endsWith("/constants.pkl") || name.contains("/code/"));
            return hasCode ? TORCHSCRIPT : TORCH_SAVE;
        }
        return !names.isEmpty() && names.stream().allMatch(name -> name.endsWith(".npy")) ? NUMPY : ZIP;
    }

    /** The pickle of a number that PyTorch chose, in any protocol, before which there may be two more instructions. */
    private static boolean isLegacy(ByteBuffer head) {
        int start = matches(head, 0, "\u0080") ? 2 : 0;
        int framed = matches(head, start, "\u0095") ? start + 1 + Long.BYTES : start;
        return matches(head, framed, LEGACY_MAGIC) || matches(head, 0, LEGACY_MAGIC_AS_TEXT);
    }

    /** The first file in a tar archive of PyTorch's. */
    private static boolean isOfTorch(ByteBuffer head) {
        return startsWithAny(head, "sys_info\0", "pickle\0", "tensors\0", "storages\0");
    }

    /** The length of a JSON object as eight bytes, then the object. */
    private static boolean isSafetensors(ByteBuffer head, long size) {
        if (head.limit() <= Long.BYTES) {
            return false;
        }
        long headerSize = head.getLong(0);
        return headerSize > 1 && headerSize <= size - Long.BYTES && head.get(Long.BYTES) == '{';
    }

    /** A JSON object with the key that such an index has, behind some facts about the whole. */
    private static boolean isShardIndex(ByteBuffer head, MappedFile file) {
        return text(head.duplicate()).stripLeading().startsWith("{")
                && text(file.buffer(0, Math.min(file.size(), INDEX_HEAD_BYTES)))
                        .contains("\"" + ShardIndex.WEIGHT_MAP + "\"");
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }

    /** A protobuf message that begins with field 1, a small version number, and goes on with another field of a model. */
    private static boolean isOnnx(ByteBuffer head) {
        if (head.limit() < 4 || head.get(0) != 0x08 || head.get(1) < 1 || head.get(1) > MAX_ONNX_IR_VERSION) {
            return false;
        }
        int field = head.get(2) >> 3;
        int wireType = head.get(2) & 7;
        return field >= 2 && field <= 8 && wireType == (field == 5 ? 0 : 2);
    }

    private static boolean startsWithAny(ByteBuffer head, String... magics) {
        for (String magic : magics) {
            if (startsWith(head, magic)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(ByteBuffer head, String magic) {
        return matches(head, 0, magic);
    }

    /** Whether the bytes at {@code offset} are the characters of {@code magic}, one byte each. */
    private static boolean matches(ByteBuffer head, int offset, String magic) {
        byte[] expected = magic.getBytes(StandardCharsets.ISO_8859_1);
        if (head.limit() < offset + expected.length) {
            return false;
        }
        byte[] actual = new byte[expected.length];
        head.get(offset, actual);
        return Arrays.equals(expected, actual);
    }
}
