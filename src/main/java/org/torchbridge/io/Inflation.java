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

/** Unpacks a compressed entry of a zip archive, as far as its packed bytes bear out what it claims. */
final class Inflation {
    /** More than this of one entry is not unpacked if it was packed that well: no one's numbers are that regular. */
    private static final long MAX_WELL_PACKED_BYTES = 256L << 20;

    private static final int WELL_PACKED = 100;

    /** What the format that archives use can do at best. */
    private static final int BEST_PACKED = 1032;

    private static final int CHUNK_BYTES = 4 << 20;

    private final ZipArchive.Entry entry;
    private final Tensor packed;
    private final Inflater inflater = new Inflater(true);
    private long next;

    private Inflation(ZipArchive.Entry entry, Tensor packed) {
        this.entry = entry;
        this.packed = packed;
    }

    /**
     * The unpacked bytes, of type {@code uint8}.
     *
     * @throws FileFormatException if {@code packed} does not give what the entry claims
     */
    static Tensor inflate(ZipArchive.Entry entry, Tensor packed) {
        boolean isBomb = entry.size() > MAX_WELL_PACKED_BYTES && entry.size() / WELL_PACKED > packed.numel();
        if (entry.size() < 0 || entry.size() / BEST_PACKED > packed.numel() || isBomb) {
            throw new FileFormatException("has a compressed '" + entry.name() + "' of " + packed.numel()
                    + " bytes that claims to become " + entry.size());
        }
        Inflation inflation = new Inflation(entry, packed);
        try {
            return inflation.run();
        } catch (DataFormatException e) {
            throw inflation.damaged("cannot be unpacked");
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
                ByteBuffer chunk = piece(out, at);
                fill(chunk);
                crc.update(chunk.flip());
            }
        }
        if (inflateSome(ByteBuffer.allocate(1)) > 0) {
            throw damaged("has another size than it says");
        }
        if ((int) crc.getValue() != entry.crc()) {
            throw damaged("is not what was written, the checksum differs");
        }
        return out;
    }

    private void fill(ByteBuffer chunk) throws DataFormatException {
        while (chunk.hasRemaining()) {
            if (inflateSome(chunk) == 0) {
                throw damaged("has another size than it says");
            }
        }
    }

    /** Unpacks at least one byte, unless there are no more. */
    private int inflateSome(ByteBuffer chunk) throws DataFormatException {
        int bytes = inflater.inflate(chunk);
        while (bytes == 0 && inflater.needsInput() && !inflater.finished() && next < packed.numel()) {
            ByteBuffer input = piece(packed, next);
            next += input.remaining();
            inflater.setInput(input);
            bytes = inflater.inflate(chunk);
        }
        return bytes;
    }

    private static ByteBuffer piece(Tensor bytes, long start) {
        return bytes.narrow(0, start, Math.min(CHUNK_BYTES, bytes.numel() - start))
                .buffer();
    }

    private FileFormatException damaged(String how) {
        return new FileFormatException("is damaged: the compressed '" + entry.name() + "' " + how);
    }
}
