package org.torchbridge.io;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;

/**
 * A file that {@code torch.save} wrote: a zip archive with one folder, in which {@code data.pkl} is the pickle of what was
 * saved, {@code data/KEY} are the storages, and {@code version} and {@code byteorder} are what their names say.
 */
final class TorchArchive {
    /** How the name of the pickle ends. */
    static final String PICKLE = "/data.pkl";

    static final String VERSION = "/version";
    static final String BYTE_ORDER = "/byteorder";
    static final String FORMAT_VERSION = "/.format_version";
    static final String STORAGE_ALIGNMENT = "/.storage_alignment";
    static final String SERIALIZATION_ID = "/.data/serialization_id";
    static final String STORAGES = "/data/";

    /** A state dict needs some 200 bytes of pickle for each tensor; a history of losses can be larger. */
    private static final int MAX_PICKLE_BYTES = 256 << 20;

    private static final int MAX_NOTE_BYTES = 64;

    private final MappedFile file;
    private final ZipArchive zip;
    private final String folder;
    private final ZipStorages storages;

    TorchArchive(MappedFile file) {
        this.file = file;
        this.zip = new ZipArchive(file);
        this.folder = findFolder();
        this.storages = new ZipStorages(zip, folder + STORAGES, isBigEndian());
    }

    /** What was saved. */
    @Nullable
    Object read() {
        ZipArchive.Entry entry = zip.require(folder + PICKLE);
        requireReadable(entry);
        if (!zip.matchesChecksum(entry) && hasChecksums()) {
            throw new FileFormatException("is damaged: its pickle is not what was written, the checksum differs");
        }
        ByteBuffer pickle = zip.content(entry).buffer();
        return new Unpickler(pickle, new TorchObjects(storages, file.size())).read();
    }

    /** @throws FileFormatException if a pickle is too large */
    static void requireReadable(ZipArchive.Entry pickle) {
        if (pickle.size() > MAX_PICKLE_BYTES) {
            throw new FileFormatException(
                    "has a pickle of " + pickle.size() + " bytes; up to " + MAX_PICKLE_BYTES + " can be read");
        }
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

    /** Files from before PyTorch 2.1 do not say; they were written on little-endian machines. */
    private boolean isBigEndian() {
        ZipArchive.Entry entry = zip.entry(folder + BYTE_ORDER);
        if (entry == null) {
            return false;
        }
        String order = entry.size() > MAX_NOTE_BYTES
                ? ""
                : StandardCharsets.ISO_8859_1
                        .decode(zip.content(entry).buffer())
                        .toString();
        if (!order.equals("little") && !order.equals("big")) {
            throw new FileFormatException(
                    "has its numbers in the byte order '" + order + "'; only 'little' and 'big' can be read");
        }
        return order.equals("big");
    }

    /** Python can be told to leave checksums out ({@code set_crc32_options}); then this short record has a wrong one too. */
    private boolean hasChecksums() {
        ZipArchive.Entry entry = zip.entry(folder + VERSION);
        return entry != null && entry.size() <= MAX_NOTE_BYTES && zip.matchesChecksum(entry);
    }
}
