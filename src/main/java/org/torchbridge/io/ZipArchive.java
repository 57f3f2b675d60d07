package org.torchbridge.io;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;

/**
 * A zip archive, with the 64-bit extension. PyTorch never compresses; what another program has compressed is read into
 * memory.
 */
final class ZipArchive {
    static final int LOCAL_HEADER = 0x04034b50;
    static final int CENTRAL_HEADER = 0x02014b50;
    static final int END = 0x06054b50;
    static final int ZIP64_END = 0x06064b50;
    static final int ZIP64_LOCATOR = 0x07064b50;

    static final int LOCAL_HEADER_BYTES = 30;
    static final int CENTRAL_HEADER_BYTES = 46;
    static final int END_BYTES = 22;
    static final int ZIP64_END_BYTES = 56;
    static final int ZIP64_LOCATOR_BYTES = 20;

    /** The tag of the extra field with the sizes that do not fit into 32 bits. */
    static final short ZIP64_EXTRA = 1;

    static final long MAX_32 = 0xffffffffL;

    private static final int MAX_COMMENT_BYTES = 0xffff;
    private static final int MAX_DIRECTORY_BYTES = 256 << 20;
    private static final int CHUNK_BYTES = 64 << 20;
    private static final int ENCRYPTED = 1;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;

    /** One file in the archive: where its header is, and how long it is. */
    record Entry(String name, long header, long size, long packedSize, int method, int flags, int crc) {}

    private record Directory(long offset, long size, long entries) {}

    private final MappedFile file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** @throws FileFormatException if the file does not end as a zip archive does */
    ZipArchive(MappedFile file) {
        this.file = file;
        readDirectory(findDirectory());
    }

    Set<String> names() {
        return entries.keySet();
    }

    @Nullable
    Entry entry(String name) {
        return entries.get(name);
    }

    /** @throws FileFormatException if there is none of that name */
    Entry require(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw damaged("the record '" + name + "' is missing");
        }
        return entry;
    }

    /** The bytes of {@code entry}, over the mapping if they are stored as they are. */
    Tensor content(Entry entry) {
        if ((entry.flags() & ENCRYPTED) != 0 || entry.method() != STORED && entry.method() != DEFLATED) {
            throw new FileFormatException("has an encrypted '" + entry.name()
                    + "', or one packed in a way that PyTorch does not know. Unpack the file and pack it again without"
                    + " compression: zip -0 -r");
        }
        Tensor packed = file.bytes(dataOffset(entry), entry.packedSize());
        if (entry.method() == DEFLATED) {
            return Inflation.inflate(entry, packed);
        } else if (entry.size() != entry.packedSize()) {
            throw damaged("'" + entry.name() + "' has two different sizes");
        }
        return packed;
    }

    /** Where the bytes of {@code entry} begin in the file, after its own header. */
    private long dataOffset(Entry entry) {
        ByteBuffer header = file.buffer(entry.header(), LOCAL_HEADER_BYTES);
        if (header.getInt(0) != LOCAL_HEADER) {
            throw damaged("the header of '" + entry.name() + "' is not where it should be");
        }
        long nameLength = unsigned(header.getShort(26));
        byte[] name = new byte[(int) nameLength];
        file.buffer(entry.header() + LOCAL_HEADER_BYTES, nameLength).get(name);
        if (!entry.name().equals(new String(name, StandardCharsets.UTF_8))) {
            throw damaged("the header of '" + entry.name() + "' has another name");
        }
        return entry.header() + LOCAL_HEADER_BYTES + nameLength + unsigned(header.getShort(28));
    }

    /** Whether the bytes of {@code entry} are those that were written. */
    boolean matchesChecksum(Entry entry) {
        return checksum(content(entry)) == entry.crc();
    }

    /** What {@link Entry#crc} says of the right content; of any length, which buffers are not. */
    static int checksum(Tensor content) {
        CRC32 crc = new CRC32();
        for (long at = 0; at < content.numel(); at += CHUNK_BYTES) {
            try (Scope scope = Scope.open()) {
                long length = Math.min(CHUNK_BYTES, content.numel() - at);
                crc.update(content.narrow(0, at, length).buffer());
            }
        }
        return (int) crc.getValue();
    }

    // The end of the archive points at the directory, which lists the entries. A comment may follow the end.

    private Directory findDirectory() {
        long tail = Math.min(file.size(), END_BYTES + MAX_COMMENT_BYTES);
        long tailStart = file.size() - tail;
        ByteBuffer bytes = file.buffer(tailStart, tail);
        for (int i = (int) tail - END_BYTES; i >= 0; i--) {
            if (bytes.getInt(i) == END) {
                Directory directory = zip64Directory(tailStart + i);
                return directory != null
                        ? directory
                        : new Directory(
                                Integer.toUnsignedLong(bytes.getInt(i + 16)),
                                Integer.toUnsignedLong(bytes.getInt(i + 12)),
                                unsigned(bytes.getShort(i + 10)));
            }
        }
        throw damaged("a zip archive ends with a table of contents, and this one does not; it was cut short");
    }

    private @Nullable Directory zip64Directory(long end) {
        long locatorOffset = end - ZIP64_LOCATOR_BYTES;
        if (locatorOffset < 0) {
            return null;
        }
        ByteBuffer locator = file.buffer(locatorOffset, ZIP64_LOCATOR_BYTES);
        if (locator.getInt(0) != ZIP64_LOCATOR) {
            return null;
        }
        ByteBuffer record = file.buffer(locator.getLong(8), ZIP64_END_BYTES);
        if (record.getInt(0) != ZIP64_END) {
            throw damaged("its table of contents is not where it should be");
        }
        return new Directory(record.getLong(48), record.getLong(40), record.getLong(32));
    }

    private void readDirectory(Directory directory) {
        if (directory.size() > MAX_DIRECTORY_BYTES
                || directory.entries() < 0
                || directory.entries() > directory.size() / CENTRAL_HEADER_BYTES) {
            throw damaged("its table of contents claims " + directory.entries() + " entries in " + directory.size()
                    + " bytes");
        }
        ByteBuffer bytes = file.buffer(directory.offset(), directory.size());
        for (long i = 0; i < directory.entries(); i++) {
            Entry entry = readEntry(bytes);
            requireInside(entry.name());
            if (entries.put(entry.name(), entry) != null) {
                throw damaged("it has two entries '" + entry.name() + "'");
            }
        }
        requireApart(directory.offset());
    }

    private static void requireInside(String name) {
        if (leadsOutside(name)) {
            throw damaged("its entry '" + name + "' would lie outside of a folder that it is unpacked to");
        }
    }

    /** Whether unpacking an entry of that name could write elsewhere. */
    static boolean leadsOutside(String name) {
        return name.startsWith("/")
                || name.indexOf('\\') >= 0
                || name.indexOf('\0') >= 0
                || List.of(name.split("/", -1)).contains("..");
    }

    /** Entries that lie over each other say different things to different readers, or make much of little. */
    private void requireApart(long directoryOffset) {
        List<Entry> inOrder = new ArrayList<>(entries.values());
        inOrder.sort(Comparator.comparingLong(Entry::header));
        for (int i = 0; i < inOrder.size(); i++) {
            Entry entry = inOrder.get(i);
            long limit = i + 1 < inOrder.size() ? inOrder.get(i + 1).header() : directoryOffset;
            if (entry.header() < 0
                    || entry.packedSize() < 0
                    || entry.packedSize() > limit - entry.header() - LOCAL_HEADER_BYTES) {
                throw damaged("its entry '" + entry.name() + "' overlaps another one, or does not end");
            }
        }
    }

    private static Entry readEntry(ByteBuffer bytes) {
        int start = bytes.position();
        if (bytes.remaining() < CENTRAL_HEADER_BYTES || bytes.getInt(start) != CENTRAL_HEADER) {
            throw damaged("its table of contents ends too early");
        }
        int nameLength = unsigned(bytes.getShort(start + 28));
        int extraLength = unsigned(bytes.getShort(start + 30));
        int commentLength = unsigned(bytes.getShort(start + 32));
        int nameStart = start + CENTRAL_HEADER_BYTES;
        if (bytes.remaining() - CENTRAL_HEADER_BYTES < nameLength + extraLength + commentLength) {
            throw damaged("its table of contents ends too early");
        }
        byte[] name = new byte[nameLength];
        bytes.get(nameStart, name);
        bytes.position(nameStart + nameLength + extraLength + commentLength);
        ByteBuffer wide = zip64Extra(bytes, nameStart + nameLength, extraLength);
        // The wide values follow each other in this order, each only where the narrow field is full.
        long size = wideOr(bytes.getInt(start + 24), wide);
        long packedSize = wideOr(bytes.getInt(start + 20), wide);
        long header = wideOr(bytes.getInt(start + 42), wide);
        return new Entry(
                new String(name, StandardCharsets.UTF_8),
                header,
                size,
                packedSize,
                unsigned(bytes.getShort(start + 10)),
                unsigned(bytes.getShort(start + 8)),
                bytes.getInt(start + 16));
    }

    private static @Nullable ByteBuffer zip64Extra(ByteBuffer bytes, int start, int length) {
        for (int i = start; i + 4 <= start + length; ) {
            int fieldLength = unsigned(bytes.getShort(i + 2));
            if (bytes.getShort(i) == ZIP64_EXTRA && i + 4 + fieldLength <= start + length) {
                return bytes.slice(i + 4, fieldLength).order(bytes.order());
            }
            i += 4 + fieldLength;
        }
        return null;
    }

    private static long wideOr(int narrow, @Nullable ByteBuffer wide) {
        long value = Integer.toUnsignedLong(narrow);
        if (value != MAX_32 || wide == null) {
            return value;
        }
        if (wide.remaining() < Long.BYTES) {
            throw damaged("its table of contents lacks a size");
        }
        return wide.getLong();
    }

    private static int unsigned(short value) {
        return Short.toUnsignedInt(value);
    }

    private static FileFormatException damaged(String what) {
        return new FileFormatException("is damaged: " + what);
    }
}
