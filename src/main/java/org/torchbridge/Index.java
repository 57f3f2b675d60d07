package org.torchbridge;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One part of an index expression: what Python has between the commas of {@code tensor[...]}.
 *
 * <pre>{@code
 * t.get(Index.ELLIPSIS, Index.slice(1, 3));   // t[..., 1:3]
 * t.get(Index.at(-1), Index.NEW_AXIS);        // t[-1, None]
 * t.get(Index.of(t.get(0).gt(0)));            // a mask or integers, as a tensor
 * }</pre>
 */
public sealed interface Index {
    /** All of a dimension: {@code :}. */
    Index ALL = new Slice(null, null, 1);

    /** As many dimensions as the others leave: {@code ...}. */
    Index ELLIPSIS = new Ellipsis();

    /** A new dimension of size 1: {@code None}. */
    Index NEW_AXIS = new NewAxis();

    /** One place of a dimension, which goes away; negative counts from the end. */
    record At(long position) implements Index {}

    /** A range of a dimension; {@code null} bounds are open, negative ones count from the end. */
    record Slice(@Nullable Long start, @Nullable Long end, long step) implements Index {
        public Slice {
            if (step <= 0) {
                throw new IllegalArgumentException("slice step is " + step + "; it must be positive, as in PyTorch");
            }
        }
    }

    /** A tensor of positions, or of truth values, which can cover several dimensions. */
    record Positions(Tensor tensor) implements Index {}

    /** {@link #ELLIPSIS}. */
    record Ellipsis() implements Index {}

    /** {@link #NEW_AXIS}. */
    record NewAxis() implements Index {}

    static Index at(long position) {
        return new At(position);
    }

    /** {@code start:end}. */
    static Index slice(long start, long end) {
        return new Slice(start, end, 1);
    }

    /** {@code start:end:step}; null bounds are open. */
    static Index slice(@Nullable Long start, @Nullable Long end, long step) {
        return new Slice(start, end, step);
    }

    /** {@code start:}. */
    static Index from(long start) {
        return new Slice(start, null, 1);
    }

    /** {@code :end}. */
    static Index to(long end) {
        return new Slice(null, end, 1);
    }

    /** A tensor of positions ({@code int64} or another integer type) or of truth values ({@code bool}). */
    static Index of(Tensor tensor) {
        return new Positions(tensor);
    }

    /** Several parts as {@link Tensor#set(Index[], Tensor)} wants them. */
    static Index[] list(Index... indices) {
        return indices;
    }

    /** Python's text between the brackets: {@code "..., 1:3"}, {@code "::2, -1, None"}. */
    static Index[] parse(String text) {
        List<Index> indices = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            indices.add(parsePart(part.trim(), text));
        }
        return indices.toArray(Index[]::new);
    }

    private static Index parsePart(String part, String text) {
        if (part.equals("...")) {
            return ELLIPSIS;
        }
        if (part.equals("None")) {
            return NEW_AXIS;
        }
        try {
            String[] bounds = part.split(":", -1);
            return switch (bounds.length) {
                case 1 -> at(Long.parseLong(part));
                case 2 -> new Slice(bound(bounds[0]), bound(bounds[1]), 1);
                case 3 -> new Slice(bound(bounds[0]), bound(bounds[1]), bounds[2].isBlank() ? 1 : bound(bounds[2]));
                default -> throw new NumberFormatException();
            };
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + part + "' in the index \"" + text
                    + "\" is none of: an integer, start:end, start:end:step, ... or None");
        }
    }

    private static @Nullable Long bound(String text) {
        return text.isBlank() ? null : Long.valueOf(text.trim());
    }
}
