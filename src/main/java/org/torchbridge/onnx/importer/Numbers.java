package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;

/**
 * A tensor without dimensions, or with one, that stands for sizes: as whole numbers (or truth values) of the program instead
 * of a tensor. Elements are {@link Long}, {@link Boolean} where they are known, or {@link Value}s. Where not even their number
 * is known, there is one {@link #whole} value, a list.
 *
 * <p>{@link Conversion#op} takes it as an argument: a scalar as the number, a row as the list of them.
 */
public final class Numbers implements Carried {
    private final ElementType element;
    private final boolean scalar;
    private final @Nullable List<Object> elements;
    private final @Nullable Value whole;

    private Numbers(ElementType element, boolean scalar, @Nullable List<Object> elements, @Nullable Value whole) {
        this.element = element;
        this.scalar = scalar;
        this.elements = elements;
        this.whole = whole;
    }

    /** A number without dimensions. */
    public static Numbers scalar(ElementType element, Object number) {
        return new Numbers(element, true, List.of(number), null);
    }

    /** A row of numbers. */
    public static Numbers row(ElementType element, List<?> numbers) {
        return new Numbers(element, false, List.copyOf(numbers), null);
    }

    /** A row of whole numbers. */
    public static Numbers row(List<?> numbers) {
        return row(ElementType.INT64, numbers);
    }

    /** A row of whole numbers. */
    public static Numbers row(long... numbers) {
        return row(Arrays.stream(numbers).boxed().toList());
    }

    /** A row of which the program alone knows how many numbers it has: a value of type {@code int[]}. */
    public static Numbers whole(Value list) {
        return new Numbers(ElementType.INT64, false, null, list);
    }

    @Override
    public ElementType element() {
        return element;
    }

    /** Whether it has no dimensions. */
    public boolean isScalar() {
        return scalar;
    }

    /** Whether the number of elements is known. */
    public boolean hasElements() {
        return elements != null;
    }

    /** The numbers, one for a scalar. */
    public List<Object> elements() {
        if (elements == null) {
            throw new IllegalStateException("how many numbers there are is not known");
        }
        return elements;
    }

    /** The list value, if the number of elements is unknown. */
    public @Nullable Value whole() {
        return whole;
    }

    public int size() {
        return elements().size();
    }

    public Object get(int index) {
        if (index >= size()) {
            throw new FileFormatException("has " + size() + " numbers where there are to be more");
        }
        return elements().get(index);
    }

    /** The number at a place, where not even how many there are may be known. */
    Object get(Conversion c, int index) {
        return whole == null ? get(index) : c.op("aten::__getitem__", whole, (long) index);
    }

    /** Whether every number is known. */
    public boolean isConstant() {
        return elements != null && elements.stream().noneMatch(Value.class::isInstance);
    }

    /** The numbers, all of which are known. */
    public long[] longs() {
        return elements().stream()
                .mapToLong(each -> each instanceof Boolean truth ? (truth ? 1 : 0) : (Long) each)
                .toArray();
    }

    /** The same numbers, as a row. */
    public Numbers asRow() {
        return scalar ? new Numbers(element, false, elements, whole) : this;
    }

    /** The same number, without dimensions. */
    public Numbers asScalar() {
        return new Numbers(element, true, elements, whole);
    }

    /** This row and another one after it. */
    public Numbers plus(Numbers other) {
        List<Object> all = new ArrayList<>(elements());
        all.addAll(other.elements());
        return row(element, all);
    }

    static boolean isNumber(Type type) {
        return type == Type.INT || type == Type.BOOL;
    }
}
