package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;

/** What a {@link Value} can be, in TorchScript's types; each prints as TorchScript writes it in a graph. */
public sealed interface Type {
    /** A tensor of which nothing else is known. */
    OfTensor TENSOR = new OfTensor(null, null);

    Simple INT = Simple.INT;
    Simple FLOAT = Simple.FLOAT;
    Simple BOOL = Simple.BOOL;
    Simple STRING = Simple.STRING;
    Simple NONE = Simple.NONE;

    /** The list type {@code int[]}. */
    OfList INTS = new OfList(Simple.INT);

    /** The list type {@code float[]}. */
    OfList FLOATS = new OfList(Simple.FLOAT);

    /** The list type {@code Tensor[]}. */
    OfList TENSORS = new OfList(TENSOR);

    /** The types without parts. */
    enum Simple implements Type {
        INT("int"),
        FLOAT("float"),
        COMPLEX("complex"),
        BOOL("bool"),
        STRING("str"),
        NONE("NoneType"),
        /** Any of the numbers. */
        SCALAR("Scalar"),
        DEVICE("Device"),
        GENERATOR("Generator"),
        STREAM("Stream"),
        QUANTIZER("Quantizer"),
        STORAGE("Storage"),
        /** Anything at all. */
        ANY("Any");

        private final String text;

        Simple(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * A tensor.
     *
     * @param dtype null if unknown
     * @param shape null if not even the number of dimensions is known; an unknown dimension is null
     */
    record OfTensor(@Nullable DType dtype, @Nullable List<@Nullable Long> shape) implements Type {
        public OfTensor {
            shape = shape == null ? null : Collections.unmodifiableList(new ArrayList<>(shape));
        }

        /** The number of dimensions, or -1 if unknown. */
        public int rank() {
            return shape == null ? -1 : shape.size();
        }

        @Override
        public String toString() {
            String name = dtype == null ? "Tensor" : TypeNames.of(dtype);
            if (shape == null) {
                return dtype == null ? name : name + "(*)";
            }
            return name
                    + shape.stream()
                            .map(size -> size == null ? "*" : size.toString())
                            .collect(Collectors.joining(", ", "(", ")"));
        }
    }

    /** A list. */
    record OfList(Type element) implements Type {
        @Override
        public String toString() {
            return element + "[]";
        }
    }

    /** A value or {@code None}. */
    record OfOptional(Type element) implements Type {
        @Override
        public String toString() {
            return element + "?";
        }
    }

    /** A dictionary. */
    record OfDict(Type key, Type value) implements Type {
        @Override
        public String toString() {
            return "Dict(" + key + ", " + value + ")";
        }
    }

    /**
     * A tuple.
     *
     * @param name the qualified name of a named tuple; null for a plain one
     * @param fields the names of a named tuple's elements; null for a plain one
     */
    record OfTuple(List<Type> elements, @Nullable String name, @Nullable List<String> fields) implements Type {
        public OfTuple {
            elements = List.copyOf(elements);
            fields = fields == null ? null : List.copyOf(fields);
        }

        public OfTuple(List<Type> elements) {
            this(elements, null, null);
        }

        @Override
        public String toString() {
            String text = elements.stream().map(Type::toString).collect(Collectors.joining(", ", "(", ")"));
            return name == null ? text : name + text;
        }
    }

    /**
     * A class, an interface, an enumeration, a future: what only libtorch knows.
     *
     * @param name its qualified name, {@code __torch__.Counter}
     * @param definition libtorch's own object; null for one that libtorch finds by the name
     */
    record OfNative(String name, @Nullable Object definition) implements Type {
        /** Equal names: a name means one type within a program. */
        @Override
        public boolean equals(Object other) {
            return other instanceof OfNative type && type.name.equals(name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Any type, the same wherever a {@link Schema} has the variable: {@code t} in {@code aten::append(t[] self, t el)}. */
    record OfVariable(String name) implements Type {
        @Override
        public String toString() {
            return name;
        }
    }

    /** The type that a graph or schema writes as {@code text}: {@code Dict(str, Tensor[])}; dtypes and shapes are not read. */
    static Type parse(String text) {
        return TypeParser.parse(text);
    }

    /** The type of exactly this tensor: its data type, and all of its sizes. */
    static OfTensor of(Tensor tensor) {
        return new OfTensor(
                tensor.dtype(), Arrays.stream(tensor.shape()).boxed().toList());
    }

    /** Whether a value of the type is never {@code None}. */
    static boolean isNeverNone(Type type) {
        return !(type instanceof OfOptional) && type != NONE && type != Simple.ANY;
    }

    /** {@code Tensor} with a type and as many dimensions, none of them known. */
    static OfTensor tensor(@Nullable DType dtype, int rank) {
        return new OfTensor(dtype, Collections.nCopies(rank, null));
    }
}
