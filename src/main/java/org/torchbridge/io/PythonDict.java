package org.torchbridge.io;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dictionary from a pickle. It is compared by identity: one from a hostile file may contain itself.
 */
final class PythonDict {
    final Map<@Nullable Object, @Nullable Object> items = new LinkedHashMap<>();

    /** What the object carries beside its items, such as an {@code OrderedDict}'s {@code _metadata}; null if nothing. */
    @Nullable
    Object attributes;
}
