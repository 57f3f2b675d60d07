package org.torchbridge.onnx.exporter;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;

/** What a value of the program is in the model. */
sealed interface Item {
    Known NONE = new Known(null);

    /** What the program alone determines: a number, flag, string, tensor, device, or {@code None}. */
    record Known(@Nullable Object value) implements Item {}

    /**
     * A tensor of the model. Numbers that only the run tells are tensors without dimensions, and lists of numbers whose
     * length only the run tells are tensors of one dimension.
     *
     * @param dtype null if unknown
     * @param shape null if not even the number of dimensions is known; an unknown dimension is null
     */
    record Named(String name, @Nullable DType dtype, @Nullable List<@Nullable Long> shape) implements Item {
        /** The number of dimensions, or -1 if unknown. */
        int rank() {
            return shape == null ? -1 : shape.size();
        }

        Named as(@Nullable DType type) {
            return new Named(name, type, shape);
        }

        /** The same, of {@code rank} dimensions whose sizes are not known. */
        Named ofRank(int rank) {
            return new Named(name, dtype, Collections.nCopies(rank, null));
        }

        Named ofShape(@Nullable List<@Nullable Long> sizes) {
            return new Named(name, dtype, sizes);
        }
    }

    /** A list or tuple whose elements are known one by one. */
    record Items(List<Item> elements) implements Item {
        public Items {
            elements = List.copyOf(elements);
        }
    }

    /**
     * A list of tensors whose length only the run tells.
     *
     * @param element what is known of each
     */
    record Sequence(String name, Named element) implements Item {}

    /**
     * A quantised tensor: whole numbers, which stand for their distance from the zero point times the scale.
     *
     * @param zeroPoint null for zero
     * @param axis the dimension along which there are several scales; null if there is one
     */
    record Quantized(Named whole, Named scale, @Nullable Named zeroPoint, @Nullable Integer axis) implements Item {}

    static Known of(@Nullable Object value) {
        return value == null ? NONE : new Known(value);
    }

    static boolean isNone(Item item) {
        return item instanceof Known known && known.value() == null;
    }

    /** The names that the model has for it, those of a list's elements in their order. */
    static Stream<String> names(Item item) {
        if (item instanceof Named named) {
            return Stream.of(named.name());
        } else if (item instanceof Sequence sequence) {
            return Stream.of(sequence.name());
        } else if (item instanceof Items items) {
            return items.elements().stream().flatMap(Item::names);
        }
        return Stream.empty();
    }
}
