package org.torchbridge.io;

import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;

/**
 * The memory of one or more tensors, as a pickle refers to it.
 *
 * @param key what the file calls it
 * @param dtype the type of the elements; {@code uint8} where the tensors say it themselves
 * @param numel how many elements the pickle says there are
 * @param view the part of it that is meant, which old files can say; null for all
 */
record StorageReference(String key, DType dtype, long numel, @Nullable View view) {
    /** Elements of a storage. */
    record View(String key, long offset, long numel) {}

    /** The class of a storage's elements, as pickles name it. */
    record Type(DType dtype) {}

    /** {@code ("storage", class, key, location, number of elements)}. Where it was does not matter. */
    static StorageReference parse(@Nullable Object id) {
        Checked parts = Checked.tuple("a storage", id);
        if (!"storage".equals(parts.any(0))) {
            throw new FileFormatException("refers to something beside its storages that is not in the file");
        }
        DType dtype = parts.as(1, Type.class).dtype();
        StorageReference storage =
                new StorageReference(parts.text(2), dtype, parts.size(4), parts.has(5) ? view(parts.any(5)) : null);
        storage.requirePossible();
        return storage;
    }

    private static @Nullable View view(@Nullable Object metadata) {
        if (metadata == null) {
            return null;
        }
        Checked parts = Checked.tuple("a part of a storage", metadata);
        return new View(parts.text(0), parts.size(1), parts.size(2));
    }

    private void requirePossible() {
        boolean fits = numel <= Long.MAX_VALUE / dtype.itemSize()
                && (view == null || view.offset() <= numel && view.numel() <= numel - view.offset());
        if (!fits) {
            throw new FileFormatException("is damaged: a storage of " + numel + " elements is not possible"
                    + (view == null ? "" : ", or a part of it is beyond its end"));
        }
    }

    long bytes() {
        return numel * dtype.itemSize();
    }
}
