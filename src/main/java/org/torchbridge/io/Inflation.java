package org.torchbridge.io;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

/** Unpacks a deflated entry of a zip archive, as far as its packed bytes bear out what it claims. */
final class Inflation {
    /** No deflated byte gives more: 258 bytes need two bits at least. */
    private static final long MAX_RATIO = 1032;

    /** More than this of one entry is not unpacked if it was packed that well: no one's numbers are that regular. */
    private static final long MAX_WELL_PACKED_BYTES = 256L << 20;

    private static final int WELL_PACKED = 100;

    private static final int CHUNK_BYTES = 4 << 20;

    private final MappedFile file;
    private final ZipArchive.Entry entry;
    private final Inflater inflater = new Inflater(true);
    private long next;
    private final long end;

    private Inflation(MappedFile file, ZipArchive.Entry entry, long start) {
        this.file = file;
        this.entry = entry;
        this.next = start;
        this.end = start + entry.packedSize();
    }

    /**
     * The unpacked bytes, of type {@code uint8}.
     *
     * @param start where the packed bytes begin
     * @throws FileFormatException if they do not give what the entry claims
     */
    static Tensor inflate(MappedFile file, ZipArchive.Entry entry, long start) {
        if (!file.contains(start, entry.packedSize())
                || entry.size() < 0
                || entry.size() / MAX_RATIO > entry.packedSize()
                || entry.size() > MAX_WELL_PACKED_BYTES && entry.size() / WELL_PACKED > entry.packedSize()) {
            throw new FileFormatException("has a compressed '" + entry.name() + "' of " + entry.packedSize()
                    + " bytes that claims to become " + entry.size());
        }
        Inflation inflation = new Inflation(file, entry, start);
        try {
            return inflation.run();
        } catch (DataFormatException e) {
            throw inflation.damaged(e.getMessage() == null ? "" : ": " + e.getMessage());
        } finally {
            inflation.inflater.end();
        }
    }

    private Tensor run() throws DataFormatException {
        Tensor out = Torch.empty(
                new long[] {entry.size()}, TensorOptions.of(DType.UINT8).device(Device.CPU));
        CRC32 crc = new CRC32();
        for (long at = 0; at < out.numel(); at += CHUNK_BYTES) {
            try (Scope scope = Scope.open()) {
                ByteBuffer chunk = out.narrow(0, at, Math.min(CHUNK_BYTES, out.numel() - at))
                        .buffer();
                fill(chunk);
                crc.update(chunk.flip());
            }
        }
        if (fillSome(ByteBuffer.allocate(1)) > 0) {
            throw damaged(": they give more");
        }
        if ((int) crc.getValue() != entry.crc()) {
            throw damaged(": the checksum differs");
        }
        return out;
    }

    private void fill(ByteBuffer chunk) throws DataFormatException {
        while (chunk.hasRemaining()) {
            if (fillSome(chunk) == 0) {
                throw damaged(": they give less");
            }
        }
    }

    /** Unpacks at least one byte, unless there are no more. */
    private int fillSome(ByteBuffer chunk) throws DataFormatException {
        int bytes = inflater.inflate(chunk);
        while (bytes == 0 && inflater.needsInput() && !inflater.finished() && next < end) {
            long length = Math.min(CHUNK_BYTES, end - next);
            inflater.setInput(file.buffer(next, length));
            next += length;
            bytes = inflater.inflate(chunk);
        }
        return bytes;
    }

    private FileFormatException damaged(String how) {
        return new FileFormatException("is damaged: the bytes of the compressed '" + entry.name() + "' do not give the "
                + entry.size() + " that were written" + how);
    }
}
