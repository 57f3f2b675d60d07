package org.torchbridge.io;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Device;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

/**
 * A file that {@code torch.save} wrote: a zip archive with one folder, in which {@code data.pkl} is the pickle of what was
 * saved, {@code data/KEY} are the storages, and {@code version} and {@code byteorder} are what their names say.
 */
final class TorchArchive {
    /** How the name of the pickle ends. */
    static final String PICKLE = "/data.pkl";

    static final String VERSION = "/version";
    static final String BYTE_ORDER = "/byteorder";
    static final String STORAGES = "/data/";

    /** A state dict needs some 200 bytes of pickle for each tensor. */
    private static final int MAX_PICKLE_BYTES = 64 << 20;

    private static final int MAX_NOTE_BYTES = 64;

    private final MappedFile file;
    private final ZipArchive zip;
    private final String folder;
    private final Map<String, Tensor> storages = new HashMap<>();

    TorchArchive(MappedFile file) {
        this.file = file;
        this.zip = new ZipArchive(file);
        this.folder = findFolder();
        requireLittleEndian();
    }

    /** What was saved, with {@link StoredTensor} in place of tensors. */
    @Nullable
    Object read() {
        ZipArchive.Entry entry = entry(PICKLE);
        if (entry.size() > MAX_PICKLE_BYTES) {
            throw new FileFormatException("has a pickle of " + entry.size() + " bytes; that is no state dict");
        }
        if (!zip.matchesChecksum(entry) && hasChecksums()) {
            throw new FileFormatException("is damaged: its pickle is not what was written, the checksum differs");
        }
        return new Unpickler(bytes(entry).buffer(), new TorchObjects()).read();
    }

    /** The tensor of a description. Tensors of the same storage share memory. */
    Tensor tensor(StoredTensor stored) {
        Tensor storage = storages.computeIfAbsent(stored.storage.key(), key -> storage(stored.storage));
        if (storage.numel() < stored.storage.bytes()) {
            throw tooSmall(stored.storage, storage.numel());
        }
        long wholeElements = storage.numel() / stored.dtype.itemSize() * stored.dtype.itemSize();
        Tensor elements = storage.narrow(0, 0, wholeElements).view(stored.dtype);
        TensorOptions likeFile = TensorOptions.of(stored.dtype).device(Device.CPU);
        Tensor tensor =
                Torch.empty(new long[] {0}, likeFile).set_(elements, stored.offset, stored.shape, stored.strides);
        if (stored.conjugate) {
            tensor = tensor.conj();
        }
        if (stored.negative) {
            tensor = tensor.neg();
        }
        return stored.requiresGrad ? tensor.requiresGrad(true) : tensor;
    }

    private Tensor storage(StoredStorage stored) {
        ZipArchive.Entry entry = entry(STORAGES + stored.key());
        if (entry.size() < stored.bytes()) {
            throw tooSmall(stored, entry.size());
        }
        long offset = zip.dataOffset(entry);
        Tensor bytes = file.bytes(offset, stored.bytes());
        // PyTorch aligns storages; where another program packed the file, its numbers may lie across words.
        return offset % stored.dtype().itemSize() == 0 ? Torch.fromBuffer(bytes) : bytes.clone();
    }

    private static FileFormatException tooSmall(StoredStorage stored, long bytes) {
        return new FileFormatException("is damaged: the storage '" + stored.key() + "' should have " + stored.bytes()
                + " bytes and has " + bytes);
    }

    private String findFolder() {
        List<String> pickles =
                zip.names().stream().filter(name -> name.endsWith(PICKLE)).toList();
        if (pickles.size() != 1) {
            throw new FileFormatException("is damaged: it has " + pickles.size() + " pickles, where one is expected");
        }
        String name = pickles.get(0);
        return name.substring(0, name.length() - PICKLE.length());
    }

    private void requireLittleEndian() {
        ZipArchive.Entry entry = zip.entry(folder + BYTE_ORDER);
        if (entry == null) {
            return; // files from before PyTorch 2.1 do not say; they were written on little-endian machines
        }
        String order = entry.size() > MAX_NOTE_BYTES
                ? ""
                : StandardCharsets.ISO_8859_1.decode(bytes(entry).buffer()).toString();
        if (!order.equals("little")) {
            throw new FileFormatException("has its numbers in the byte order '" + order
                    + "'; only 'little' can be read. Save it again in Python on a little-endian machine");
        }
    }

    /** Python can be told to leave checksums out ({@code set_crc32_options}); then this short record has a wrong one too. */
    private boolean hasChecksums() {
        ZipArchive.Entry entry = zip.entry(folder + VERSION);
        return entry != null && entry.size() <= MAX_NOTE_BYTES && zip.matchesChecksum(entry);
    }

    private ZipArchive.Entry entry(String name) {
        ZipArchive.Entry entry = zip.entry(folder + name);
        if (entry == null) {
            throw new FileFormatException("is damaged: the record '" + folder + name + "' is missing");
        }
        return entry;
    }

    private Tensor bytes(ZipArchive.Entry entry) {
        return file.bytes(zip.dataOffset(entry), entry.size());
    }
}
