package org.torchbridge.graph;

import org.jspecify.annotations.Nullable;

/** An object of a class of the program's own, as a {@link Slot} holds it. */
public interface Instance {
    /**
     * What an attribute holds, as a {@link Node} says of its own.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    @Nullable
    Object attribute(String name);
}
