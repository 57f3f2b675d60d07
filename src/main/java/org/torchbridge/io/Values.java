package org.torchbridge.io;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;

/** Values of {@link SavedFile}'s table, with all that is in them. */
final class Values {
    /** Classes and functions of Python: arguments in a pickle, and nothing that a user has a use for. */
    private static final List<Class<?>> NO_DATA = List.of(
            Unpickler.Function.class,
            StorageReference.Type.class,
            NumpyObjects.Type.class,
            TorchObjects.PythonClass.class);

    private Values() {}

    /** Passes on {@code root} and everything in it, each object once; nesting needs no stack, and circles end. */
    static void forEach(@Nullable Object root, Consumer<@Nullable Object> action) {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<List<?>> left = new ArrayDeque<>();
        left.add(Collections.singletonList(root));
        while (!left.isEmpty()) {
            for (Object value : left.remove()) {
                action.accept(value);
                if (value instanceof Map<?, ?> map && seen.add(map)) {
                    left.add(new ArrayList<>(map.keySet()));
                    left.add(new ArrayList<>(map.values()));
                } else if (value instanceof Collection<?> collection && seen.add(collection)) {
                    left.add(new ArrayList<>(collection));
                }
            }
        }
    }

    static void requireData(@Nullable Object value) {
        if (NO_DATA.stream().anyMatch(type -> type.isInstance(value))) {
            throw new FileFormatException("holds a class or function of Python, which is no data");
        }
    }
}
