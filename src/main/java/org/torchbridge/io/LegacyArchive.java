package org.torchbridge.io;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;

/**
 * A file that {@code torch.save} wrote before PyTorch 1.6: pickles one after another, of a magic number, the version of the
 * format, facts about the machine, the object, and the keys of the storages; then each storage in this order, the number of
 * its elements before them. All numbers are little-endian, wherever they were written.
 */
final class LegacyArchive {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;

    private record Place(long offset, long bytes) {}

    private final MappedFile file;
    private final ByteBuffer pickles;
    private final StorageScan scan = new StorageScan();
    private final Map<String, Place> places = new HashMap<>();
    private final Map<String, Tensor> storages = new HashMap<>();

    LegacyArchive(MappedFile file) {
        this.file = file;
        this.pickles = file.buffer(0, Math.min(file.size(), Integer.MAX_VALUE));
    }

    /** What was saved. */
    @Nullable
    Object read() {
        require(MAGIC.equals(next(scan)), "does not begin with PyTorch's number");
        Object version = next(scan);
        require(Long.valueOf(VERSION).equals(version), "has the version " + Descriptions.of(version));
        next(scan);
        // Storages come after the object, and how many bytes an element has stands in it: it is read twice.
        int object = pickles.position();
        next(scan);
        placeStorages(next(new StorageScan()));
        return new Unpickler(pickles.position(object), new TorchObjects(this::storage, file.size())).read();
    }

    private @Nullable Object next(Unpickler.Globals globals) {
        return new Unpickler(pickles, globals).read();
    }

    private void placeStorages(@Nullable Object keys) {
        require(keys instanceof List, "does not list its storages");
        long offset = pickles.position();
        for (Object each : (List<?>) keys) {
            String key = String.valueOf(each);
            DType dtype = scan.dtypes().get(key);
            require(dtype != null, "has a storage '" + key + "' that no tensor uses");
            long numel = file.buffer(offset, Long.BYTES).getLong();
            offset += Long.BYTES;
            require(numel >= 0 && numel <= (file.size() - offset) / dtype.itemSize(), "ends within a storage");
            places.put(key, new Place(offset, numel * dtype.itemSize()));
            offset += numel * dtype.itemSize();
        }
    }

    private Tensor storage(StorageReference storage) {
        Tensor bytes = storages.computeIfAbsent(storage.key(), key -> bytes(storage));
        require(bytes.numel() >= storage.bytes(), "has a storage that is smaller than it says");
        Tensor elements = bytes.narrow(0, 0, storage.bytes()).view(storage.dtype());
        StorageReference.View view = storage.view();
        return view == null ? elements : elements.narrow(0, view.offset(), view.numel());
    }

    private Tensor bytes(StorageReference storage) {
        Place place = places.get(storage.key());
        require(place != null, "lacks the storage '" + storage.key() + "'");
        return Memory.aligned(file.bytes(place.offset(), place.bytes()), storage.dtype());
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new FileFormatException("is damaged: it " + otherwise);
        }
    }
}
