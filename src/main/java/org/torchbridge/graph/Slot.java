package org.torchbridge.graph;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * What a program's module holds under a name: a parameter, a buffer, or an attribute such as {@code training}.
 *
 * @param value a {@link Tensor} for the first two; an attribute as the {@link Node} says of its own
 */
public record Slot(Kind kind, Type type, @Nullable Object value) {
    /** What a slot is to a module. */
    public enum Kind {
        PARAMETER,
        BUFFER,
        ATTRIBUTE
    }

    public static Slot parameter(Tensor tensor) {
        return new Slot(Kind.PARAMETER, Type.TENSOR, tensor);
    }

    public static Slot buffer(Tensor tensor) {
        return new Slot(Kind.BUFFER, Type.TENSOR, tensor);
    }

    public static Slot attribute(Type type, @Nullable Object value) {
        return new Slot(Kind.ATTRIBUTE, type, value);
    }

    /** The tensor of a parameter or buffer. */
    public Tensor tensor() {
        return (Tensor) value;
    }
}
