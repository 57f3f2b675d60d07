package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Schema;
import org.torchbridge.graph.Schemas;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.exporter.Item.Items;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;
import org.torchbridge.onnx.exporter.Item.Quantized;
import org.torchbridge.onnx.exporter.Item.Sequence;

/**
 * A node of the program as a rule sees it: its arguments by the names of libtorch's schema, and a pen to write the model's
 * nodes with. A missing argument has the schema's default.
 */
final class Call {
    private final Node node;
    private final @Nullable Schema schema;
    private final Exporter exporter;

    Call(Node node, Exporter exporter) {
        this.node = node;
        this.exporter = exporter;
        this.schema = Schemas.of(node).orElse(null);
    }

    Node node() {
        return node;
    }

    String kind() {
        return node.kind();
    }

    int opset() {
        return exporter.opset();
    }

    /** Whether the model shall train. */
    boolean training() {
        return exporter.training();
    }

    boolean givesTensors() {
        return node.outputs().stream().anyMatch(value -> holdsTensors(value.type()));
    }

    boolean givesList() {
        return node.outputs().size() == 1 && node.output().type() instanceof Type.OfList;
    }

    private static boolean holdsTensors(Type type) {
        return type instanceof Type.OfTensor || type instanceof Type.OfList list && holdsTensors(list.element());
    }

    /** The type that result {@code index} has in the examples; null if unknown. */
    @Nullable
    DType dtype(int index) {
        return node.output(index).type() instanceof Type.OfTensor type ? type.dtype() : null;
    }

    /** The shape that result {@code index} has in the examples; null if unknown. */
    @Nullable
    List<@Nullable Long> shape(int index) {
        return node.output(index).type() instanceof Type.OfTensor type ? type.shape() : null;
    }

    int results() {
        return node.outputs().size();
    }

    // ---- arguments

    private int index(String name) {
        if (schema != null) {
            for (int i = 0; i < schema.arguments().size(); i++) {
                if (schema.arguments().get(i).name().equals(name)) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** Whether the operator, in the overload that this is, has an argument of that name. */
    boolean takes(String name) {
        return index(name) >= 0;
    }

    /** The argument of that name; {@code None} if there is none. */
    Item item(String name) {
        int index = index(name);
        if (index < 0) {
            return Item.NONE;
        }
        return index < node.inputs().size()
                ? exporter.item(node.input(index))
                : Item.of(schema.arguments().get(index).defaultValue());
    }

    Item item(int index) {
        return exporter.item(node.input(index));
    }

    List<Item> items() {
        return node.inputs().stream().map(exporter::item).toList();
    }

    /** Whether the argument is there and not {@code None}. */
    boolean has(String name) {
        return !Item.isNone(item(name));
    }

    Named tensor(String name) {
        Item item = item(name);
        if (Item.isNone(item)) {
            throw unsupported("has no " + name);
        }
        return named(item);
    }

    @Nullable
    Named tensorOrNull(String name) {
        return has(name) ? tensor(name) : null;
    }

    /** The tensors of a list that is known one by one. */
    List<Named> tensors(String name) {
        return elements(item(name)).stream().map(this::named).toList();
    }

    /** The elements of a list. */
    List<Item> elements(Item item) {
        if (item instanceof Items items) {
            return items.elements();
        } else if (item instanceof Known known && known.value() instanceof List<?> list) {
            return list.stream().map(element -> (Item) Item.of(element)).toList();
        } else if (item instanceof Named named
                && named.rank() == 1
                && named.shape().get(0) != null) {
            return scalars(named, named.shape().get(0).intValue());
        }
        throw unsupported("takes a list whose length only the run tells");
    }

    private List<Item> scalars(Named row, int count) {
        List<Item> scalars = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            scalars.add(op("Gather", row, scalar((long) i)).ofRank(0));
        }
        return scalars;
    }

    boolean isKnown(String name) {
        return known(item(name)) != null;
    }

    /** What the program alone determines; null if it does not, and for {@code None}. */
    @Nullable
    Object known(Item item) {
        if (item instanceof Known known) {
            return known.value();
        }
        if (item instanceof Items items) {
            List<Object> values = new ArrayList<>();
            for (Item element : items.elements()) {
                Object value = known(element);
                if (value == null) {
                    return null;
                }
                values.add(value);
            }
            return values;
        }
        return null;
    }

    private Object constant(String name) {
        Object value = known(item(name));
        if (value == null) {
            throw unsupported(
                    has(name) ? name + " is computed by the program; a constant is needed" : "has no " + name);
        }
        return value;
    }

    long integer(String name) {
        Object value = constant(name);
        if (value instanceof Tensor tensor) {
            return tensor.toLong();
        }
        return value instanceof Boolean flag ? flag ? 1 : 0 : ((Number) value).longValue();
    }

    long integer(String name, long otherwise) {
        return has(name) ? integer(name) : otherwise;
    }

    double real(String name) {
        return constant(name) instanceof Tensor tensor ? tensor.toDouble() : ((Number) constant(name)).doubleValue();
    }

    double real(String name, double otherwise) {
        return has(name) ? real(name) : otherwise;
    }

    boolean flag(String name) {
        return has(name) && Boolean.TRUE.equals(constant(name));
    }

    String text(String name) {
        return (String) constant(name);
    }

    /** A row of whole numbers that the program alone determines; one number is a row too. */
    long[] integers(String name) {
        Object value = constant(name);
        return value instanceof List<?> list
                ? list.stream().mapToLong(each -> ((Number) each).longValue()).toArray()
                : new long[] {((Number) value).longValue()};
    }

    /** As {@link #integers}; one number stands for {@code count} of it. */
    long[] integers(String name, int count) {
        long[] values = integers(name);
        if (values.length == 1 && count > 1) {
            long[] all = new long[count];
            Arrays.fill(all, values[0]);
            return all;
        }
        return values;
    }

    /** The numbers of a list, or one number as such. */
    List<Item> numbers(String name) {
        Item item = item(name);
        boolean single = item instanceof Known known && !(known.value() instanceof List)
                || item instanceof Named named && named.rank() == 0;
        return single ? List.of(item) : elements(item);
    }

    /** A type of libtorch's, as arguments called {@code dtype} give it; null if none is given. */
    @Nullable
    DType dtype(String name) {
        return has(name) ? DType.of((int) integer(name)) : null;
    }

    /** Dimension {@code name} of a tensor, counted from the front. */
    int dim(String name, Named tensor) {
        return fromFront(integer(name), rank(tensor));
    }

    static int fromFront(long dim, int rank) {
        return (int) (dim < 0 ? dim + Math.max(rank, 1) : dim);
    }

    /** The number of dimensions of a tensor, which has to be known. */
    int rank(Named tensor) {
        if (tensor.rank() < 0) {
            throw unsupported("the number of dimensions of its argument is not known, as no example reached it");
        }
        return tensor.rank();
    }

    /** The type of a tensor, which has to be known. */
    DType dtype(Named tensor) {
        if (tensor.dtype() == null) {
            throw unsupported("the type of its argument is not known, as no example reached it");
        }
        return tensor.dtype();
    }

    Unsupported unsupported(String reason) {
        return new Unsupported(reason);
    }

    // ---- what the model gets

    /** A node's only result, which is of the type of the first input. */
    Named op(String operator, @Nullable Named... inputs) {
        return node(operator, inputs).get();
    }

    NodeWriter node(String operator, @Nullable Named... inputs) {
        return node(operator, Arrays.asList(inputs));
    }

    NodeWriter node(String operator, List<@Nullable Named> inputs) {
        return new NodeWriter(exporter.graph(), operator, exporter.scope(), inputs);
    }

    /** A value as a tensor: a number has no dimensions, a list of numbers is a row. */
    Named named(Item item) {
        if (item instanceof Named named) {
            return named;
        } else if (item instanceof Items items) {
            return row(items.elements());
        } else if (item instanceof Sequence) {
            throw unsupported("takes a list of tensors whose length only the run tells");
        } else if (item instanceof Quantized) {
            throw unsupported("works on a tensor whose scale only the run tells");
        }
        Object value = ((Known) item).value();
        if (value instanceof Tensor tensor) {
            return exporter.graph().constant(tensor);
        } else if (value instanceof Long) {
            return scalar(value, DType.INT64);
        } else if (value instanceof Double) {
            return scalar(value, DType.FLOAT64);
        } else if (value instanceof Boolean) {
            return scalar(value, DType.BOOL);
        } else if (value instanceof List<?> list) {
            return row(list.stream().map(element -> (Item) Item.of(element)).toList());
        }
        throw unsupported("takes " + value + ", which ONNX has no values for");
    }

    Named scalar(long value) {
        return scalar(value, DType.INT64);
    }

    Named scalar(Object value, DType dtype) {
        return exporter.graph().scalar(value, dtype);
    }

    Named longs(long... values) {
        return exporter.graph().longs(values);
    }

    Named constant(Tensor value) {
        return exporter.graph().constant(value);
    }

    /** Numbers as a tensor of one dimension. */
    Named row(List<Item> numbers) {
        Object known = known(new Items(numbers));
        if (known instanceof List<?> list && list.stream().allMatch(Long.class::isInstance)) {
            return longs(list.stream().mapToLong(each -> (Long) each).toArray());
        }
        List<Named> parts = numbers.stream()
                .map(number -> op("Reshape", named(number), longs(1)).ofShape(List.of(1L)))
                .toList();
        Named row = parts.size() == 1
                ? parts.get(0)
                : node("Concat", List.copyOf(parts)).with("axis", 0).get();
        return row.ofShape(List.of((long) numbers.size()));
    }

    /** The argument of that name, a number or several, as a row. */
    Named row(String name) {
        Item item = item(name);
        return item instanceof Named named && named.rank() == 1 ? named : row(numbers(name));
    }

    /** The value as another type; a number is written as that at once. */
    Named cast(Item item, DType dtype) {
        if (item instanceof Known known && (known.value() instanceof Number || known.value() instanceof Boolean)) {
            return scalar(Casts.value(known.value(), dtype), dtype);
        }
        Named named = named(item);
        return named.dtype() == dtype
                ? named
                : node("Cast", named).with("to", dtype).as(dtype).get().ofShape(named.shape());
    }

    /** The size of a dimension: a number if it is the same in all examples. */
    Item size(Named tensor, int dim) {
        Long known = tensor.shape() == null ? null : tensor.shape().get(dim);
        return known != null
                ? Item.of(known)
                : op("Gather", shape(tensor), scalar((long) dim)).ofRank(0);
    }

    /** The shape as a row. */
    Named shape(Named tensor) {
        boolean fixed = tensor.shape() != null && !tensor.shape().contains(null);
        return fixed
                ? longs(tensor.shape().stream().mapToLong(Long::longValue).toArray())
                : node("Shape", tensor).as(DType.INT64).get().ofShape(Arrays.asList(rankOrNull(tensor)));
    }

    private static @Nullable Long rankOrNull(Named tensor) {
        return tensor.rank() < 0 ? null : (Long) (long) tensor.rank();
    }

    // ---- control flow

    Exporter exporter() {
        return exporter;
    }

    Value output(int index) {
        return node.output(index);
    }

    Block block(int index) {
        return node.blocks().get(index);
    }
}
