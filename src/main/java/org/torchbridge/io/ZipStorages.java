package org.torchbridge.io;

import java.util.HashMap;
import java.util.Map;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;

/** The storages in a folder of an archive, over its memory. */
final class ZipStorages implements TorchObjects.Storages {
    private final ZipArchive zip;
    private final String folder;
    private final boolean bigEndian;
    private final Map<String, Tensor> storages = new HashMap<>();

    /** @param folder what the names of the entries begin with, before the key */
    ZipStorages(ZipArchive zip, String folder, boolean bigEndian) {
        this.zip = zip;
        this.folder = folder;
        this.bigEndian = bigEndian;
    }

    /** All elements of a storage; the same storage is the same memory. */
    @Override
    public Tensor get(StorageReference storage) {
        Tensor bytes = storages.computeIfAbsent(storage.key(), key -> bytes(storage));
        if (bytes.numel() < storage.bytes()) {
            throw new FileFormatException("is damaged: the storage '" + storage.key() + "' should have "
                    + storage.bytes() + " bytes and has " + bytes.numel());
        }
        return bytes.narrow(0, 0, storage.bytes()).view(storage.dtype());
    }

    private Tensor bytes(StorageReference storage) {
        Tensor bytes = zip.content(zip.require(folder + storage.key()));
        bytes = bytes.narrow(0, 0, Math.min(bytes.numel(), storage.bytes()));
        return bigEndian ? ByteOrders.swapped(bytes, storage.dtype()) : Memory.aligned(bytes, storage.dtype());
    }
}
