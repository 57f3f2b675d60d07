package org.torchbridge.io;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;

/** Goes through a pickle for the storages that it refers to, and makes nothing of what is in it but plain values. */
final class StorageScan implements Unpickler.Globals {
    private final Map<String, StorageReference.Type> types = new HashMap<>();
    private final Map<String, DType> dtypes = new HashMap<>();

    StorageScan() {
        StorageTypes.forEach((name, dtype) -> types.put("torch." + name, new StorageReference.Type(dtype)));
    }

    /** The elements' type by the key of the storage. */
    Map<String, DType> dtypes() {
        return dtypes;
    }

    @Override
    public @Nullable Object resolve(String module, String name) {
        return types.get(module + "." + name);
    }

    @Override
    public @Nullable Object call(@Nullable Object callee, @Nullable Object arguments) {
        return null;
    }

    @Override
    public void build(@Nullable Object target, @Nullable Object state) {
        // what an object has beside its items has its storages in it already
    }

    @Override
    public @Nullable Object persistent(@Nullable Object id) {
        StorageReference storage = StorageReference.parse(id);
        dtypes.putIfAbsent(storage.key(), storage.dtype());
        return null;
    }

    @Override
    public void put(@Nullable Object target, List<@Nullable Object> items) {
        // nor do items matter
    }

    @Override
    @SuppressWarnings("unchecked") // what a pickle fills holds objects
    public void add(@Nullable Object target, List<@Nullable Object> items) {
        if (target instanceof ArrayList<?> list) {
            ((List<@Nullable Object>) list).addAll(items);
        }
    }
}
