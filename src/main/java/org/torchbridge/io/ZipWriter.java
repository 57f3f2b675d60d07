package org.torchbridge.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.torchbridge.Tensor;

/**
 * Writes a zip archive as PyTorch does: nothing is compressed, and the bytes of every entry begin at a multiple of 64, so
 * that they can be mapped. Sizes beyond 32 bits are written with the 64-bit extension.
 */
final class ZipWriter {
    static final int ALIGNMENT = 64;

    /** The version of the format that knows the 64-bit extension. */
    private static final short VERSION = 45;

    private static final short UTF8_NAMES = 0x0800;
    private static final short PADDING_EXTRA = 'F' | 'B' << 8;
    private static final int EXTRA_HEADER_BYTES = 4;

    /** 1 January 1980, the first day that the format knows: the same state gives the same file. */
    private static final short DATE = 1 << 5 | 1;

    private record Written(byte[] name, long header, long size, int crc) {}

    private final WritableByteChannel channel;
    private final String folder;
    private final List<Written> entries = new ArrayList<>();
    private long position;

    /** Every entry gets the name of {@code folder} before its own. */
    ZipWriter(WritableByteChannel channel, String folder) {
        this.channel = channel;
        this.folder = folder;
    }

    void add(String name, byte[] content) throws IOException {
        add(name, content.length, sink -> sink.write(ByteBuffer.wrap(content)));
    }

    /** Adds the elements of a one-dimensional tensor of type {@code uint8}. */
    void add(String name, Tensor content) throws IOException {
        add(name, new byte[0], content);
    }

    /** Adds {@code head} and, behind it, the elements of such a tensor. */
    void add(String name, byte[] head, Tensor content) throws IOException {
        add(name, head.length + content.numel(), sink -> {
            sink.write(ByteBuffer.wrap(head));
            TensorBytes.forEachPiece(content, sink);
        });
    }

    /** Writes the table of contents. */
    void finish() throws IOException {
        long start = position;
        for (Written entry : entries) {
            write(centralHeader(entry));
        }
        write(end(start, position - start));
    }

    /** Names and checksums of all entries so far: two archives with equal ones have the same content. */
    String fingerprint() {
        CRC32 names = new CRC32();
        CRC32 contents = new CRC32();
        for (Written entry : entries) {
            names.update(entry.name());
            contents.update(littleEndian(Integer.BYTES).putInt(entry.crc()).flip());
        }
        return String.format("%020d%020d", names.getValue(), contents.getValue());
    }

    /** Gives its bytes piece by piece, to the same effect each time. */
    interface Content {
        void forEach(TensorBytes.Sink sink) throws IOException;
    }

    void add(String name, long size, Content content) throws IOException {
        byte[] fullName = (folder + name).getBytes(StandardCharsets.UTF_8);
        CRC32 crc = new CRC32();
        content.forEach(crc::update);
        Written entry = new Written(fullName, position, size, (int) crc.getValue());
        write(localHeader(entry));
        content.forEach(this::write);
        entries.add(entry);
    }

    private void write(ByteBuffer bytes) throws IOException {
        position += bytes.remaining();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static ByteBuffer localHeader(Written entry) {
        byte[] name = entry.name();
        long size = entry.size();
        boolean wide = size >= ZipArchive.MAX_32;
        int wideBytes = wide ? EXTRA_HEADER_BYTES + 2 * Long.BYTES : 0;
        int bytesBeforePadding = ZipArchive.LOCAL_HEADER_BYTES + name.length + wideBytes + EXTRA_HEADER_BYTES;
        int padding = (int) Math.floorMod(-(entry.header() + bytesBeforePadding), (long) ALIGNMENT);
        ByteBuffer out = littleEndian(bytesBeforePadding + padding);
        out.putInt(ZipArchive.LOCAL_HEADER).putShort(VERSION);
        description(out, entry.crc(), size);
        out.putShort((short) name.length).putShort((short) (wideBytes + EXTRA_HEADER_BYTES + padding));
        out.put(name);
        if (wide) {
            out.putShort(ZipArchive.ZIP64_EXTRA).putShort((short) (2 * Long.BYTES));
            out.putLong(size).putLong(size);
        }
        out.putShort(PADDING_EXTRA).putShort((short) padding);
        while (out.hasRemaining()) {
            out.put((byte) 'Z');
        }
        return out.flip();
    }

    private static ByteBuffer centralHeader(Written entry) {
        boolean wideSize = entry.size() >= ZipArchive.MAX_32;
        boolean wideHeader = entry.header() >= ZipArchive.MAX_32;
        int wideBytes = (wideSize ? 2 * Long.BYTES : 0) + (wideHeader ? Long.BYTES : 0);
        int extraBytes = wideBytes == 0 ? 0 : EXTRA_HEADER_BYTES + wideBytes;
        ByteBuffer out = littleEndian(ZipArchive.CENTRAL_HEADER_BYTES + entry.name().length + extraBytes);
        out.putInt(ZipArchive.CENTRAL_HEADER).putShort(VERSION).putShort(VERSION);
        description(out, entry.crc(), entry.size());
        out.putShort((short) entry.name().length).putShort((short) extraBytes);
        out.putShort((short) 0); // the length of the comment
        out.putShort((short) 0).putShort((short) 0).putInt(0); // disk and attributes
        out.putInt(narrow(entry.header())).put(entry.name());
        if (extraBytes > 0) {
            out.putShort(ZipArchive.ZIP64_EXTRA).putShort((short) wideBytes);
        }
        if (wideSize) {
            out.putLong(entry.size()).putLong(entry.size());
        }
        if (wideHeader) {
            out.putLong(entry.header());
        }
        return out.flip();
    }

    /** What both headers of an entry have: flags, method (stored), time, date, checksum, and the size twice. */
    private static void description(ByteBuffer out, int crc, long size) {
        out.putShort(UTF8_NAMES).putShort((short) 0).putShort((short) 0).putShort(DATE);
        out.putInt(crc).putInt(narrow(size)).putInt(narrow(size));
    }

    private ByteBuffer end(long start, long size) {
        ByteBuffer out =
                littleEndian(ZipArchive.ZIP64_END_BYTES + ZipArchive.ZIP64_LOCATOR_BYTES + ZipArchive.END_BYTES);
        out.putInt(ZipArchive.ZIP64_END).putLong(ZipArchive.ZIP64_END_BYTES - Integer.BYTES - Long.BYTES);
        out.putShort(VERSION).putShort(VERSION).putInt(0).putInt(0);
        out.putLong(entries.size()).putLong(entries.size()).putLong(size).putLong(start);
        out.putInt(ZipArchive.ZIP64_LOCATOR).putInt(0).putLong(start + size).putInt(1);
        short count = (short) Math.min(entries.size(), 0xffff);
        out.putInt(ZipArchive.END)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort(count)
                .putShort(count);
        return out.putInt(narrow(size))
                .putInt(narrow(start))
                .putShort((short) 0)
                .flip();
    }

    private static int narrow(long value) {
        return (int) Math.min(value, ZipArchive.MAX_32);
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
