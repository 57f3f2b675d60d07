package org.torchbridge.io;

import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.FileFormatException;
import org.torchbridge.Layout;
import org.torchbridge.MemoryFormat;
import org.torchbridge.QScheme;

/** What may be the key of a dictionary or in a set. */
final class Keys {
    /** Values in a tuple, and in tuples in it: a small pickle can have one that is enormous. */
    private static final int MAX_VALUES = 1000;

    private Keys() {}

    /** Returns {@code key}. */
    static @Nullable Object require(@Nullable Object key) {
        requireSimple(key, MAX_VALUES);
        return key;
    }

    /** Returns how many more values there may be. */
    private static int requireSimple(@Nullable Object key, int allowed) {
        if (allowed == 0) {
            throw new FileFormatException("is damaged: a key has more than " + MAX_VALUES + " parts");
        }
        int left = allowed - 1;
        if (key instanceof PythonTuple tuple) {
            for (Object value : tuple) {
                left = requireSimple(value, left);
            }
        } else if (!isSimple(key)) {
            throw new FileFormatException("is damaged: a key is neither text nor a number but " + Descriptions.of(key)
                    + ", which cannot be compared");
        }
        return left;
    }

    private static boolean isSimple(@Nullable Object key) {
        return key == null
                || key instanceof String
                || key instanceof Number
                || key instanceof Boolean
                || key instanceof DType
                || key instanceof Device
                || key instanceof Layout
                || key instanceof MemoryFormat
                || key instanceof QScheme;
    }
}
