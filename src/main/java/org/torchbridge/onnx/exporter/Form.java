package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Type;
import org.torchbridge.onnx.exporter.Item.Items;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;
import org.torchbridge.onnx.exporter.Item.Sequence;

/** How a value of the program crosses the border of a branch or of a loop's body: as tensors and lists of the model. */
sealed interface Form {
    /** It is the same on all ways, and no value of the model. */
    record Same(Item item) implements Form {}

    /** One tensor. */
    record Single(@Nullable DType dtype, @Nullable List<@Nullable Long> shape) implements Form {}

    /** A list whose length only the run tells. */
    record Growing(@Nullable DType dtype) implements Form {}

    /** Several values, one by one. */
    record Several(List<Form> elements) implements Form {}

    /** The form for a value that is one of {@code ways}, and of {@code type} in the program. */
    static Form of(Call c, Type type, List<Item> ways) {
        Item first = ways.get(0);
        if (ways.stream().allMatch(way -> isFixed(way) && way.equals(first))) {
            return new Same(first);
        }
        if (ways.stream().anyMatch(Item::isNone)) {
            throw c.unsupported("gives None on one way and a value on another, which ONNX has no type for");
        }
        List<List<Item>> lists = ways.stream().map(way -> elements(c, way)).toList();
        boolean alike = lists.stream()
                .allMatch(list -> list != null && list.size() == lists.get(0).size());
        if (type instanceof Type.OfTuple || alike && lists.get(0) != null) {
            return several(c, type, lists);
        }
        return type instanceof Type.OfList list && list.element() instanceof Type.OfTensor tensor
                ? new Growing(tensor.dtype() == null ? elementType(ways) : tensor.dtype())
                : single(c, type, ways);
    }

    /** The form for a value that a loop carries, which is {@code start} in the first turn. */
    static Form carried(Call c, Type type, Item start) {
        if (type instanceof Type.OfTuple tuple) {
            List<Item> elements = c.elements(start);
            List<Form> forms = new ArrayList<>();
            for (int i = 0; i < elements.size(); i++) {
                forms.add(carried(c, tuple.elements().get(i), elements.get(i)));
            }
            return new Several(forms);
        } else if (isFixed(start)) {
            return new Same(start);
        } else if (type instanceof Type.OfList list && list.element() instanceof Type.OfTensor tensor) {
            return new Growing(tensor.dtype() == null ? elementType(List.of(start)) : tensor.dtype());
        }
        return single(c, type, List.of(start));
    }

    private static boolean isFixed(Item item) {
        return item instanceof Known known && (known.value() == null || known.value() instanceof String);
    }

    private static @Nullable List<Item> elements(Call c, Item way) {
        return way instanceof Items || way instanceof Known known && known.value() instanceof List
                ? c.elements(way)
                : null;
    }

    private static Form several(Call c, Type type, List<List<Item>> lists) {
        List<Form> forms = new ArrayList<>();
        for (int i = 0; i < lists.get(0).size(); i++) {
            int place = i;
            Type element = type instanceof Type.OfTuple tuple
                    ? tuple.elements().get(i)
                    : type instanceof Type.OfList list ? list.element() : type;
            forms.add(of(c, element, lists.stream().map(list -> list.get(place)).toList()));
        }
        return new Several(forms);
    }

    private static Form single(Call c, Type type, List<Item> ways) {
        if (type instanceof Type.OfTensor tensor) {
            return new Single(
                    tensor.dtype() == null ? elementType(ways) : tensor.dtype(),
                    tensor.shape() == null ? commonShape(ways) : tensor.shape());
        }
        DType dtype = numberType(type);
        if (dtype == null) {
            throw c.unsupported("gives a " + type + ", which ONNX has no type for");
        }
        return new Single(dtype, type instanceof Type.OfList ? Collections.singletonList(null) : List.of());
    }

    private static @Nullable List<@Nullable Long> commonShape(List<Item> ways) {
        int rank = ways.get(0) instanceof Named named ? named.rank() : -1;
        boolean same = rank >= 0 && ways.stream().allMatch(way -> way instanceof Named named && named.rank() == rank);
        return same ? ((Named) ways.get(0)).ofRank(rank).shape() : null;
    }

    static @Nullable DType numberType(Type type) {
        Type element = type instanceof Type.OfList list ? list.element() : type;
        return element == Type.INT
                ? DType.INT64
                : element == Type.FLOAT || element == Type.Simple.SCALAR
                        ? DType.FLOAT64
                        : element == Type.BOOL ? DType.BOOL : null;
    }

    private static @Nullable DType elementType(List<Item> ways) {
        return ways.stream()
                .map(Form::elementType)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable DType elementType(Item way) {
        if (way instanceof Items items) {
            return elementType(items.elements());
        }
        return way instanceof Named named
                ? named.dtype()
                : way instanceof Sequence list ? list.element().dtype() : null;
    }

    /** The form for a list that starts empty, when it is known what a turn of the loop puts into it. */
    default Form after(Item turn) {
        return this instanceof Growing growing && growing.dtype() == null ? new Growing(elementType(turn)) : this;
    }

    /** Writes a value in this form as new names of the current graph. */
    default List<Named> write(Call c, Item item) {
        if (this instanceof Same) {
            return List.of();
        } else if (this instanceof Several several) {
            List<Item> elements = c.elements(item);
            List<Named> all = new ArrayList<>();
            for (int i = 0; i < elements.size(); i++) {
                all.addAll(several.elements().get(i).write(c, elements.get(i)));
            }
            return all;
        } else if (this instanceof Growing growing) {
            Sequence list = item instanceof Sequence known
                    ? known
                    : StructureRules.sequence(c, c.elements(item), growing.dtype());
            return List.of(c.op("Identity", new Named(list.name(), growing.dtype(), null)));
        }
        DType dtype = ((Single) this).dtype();
        return List.of(c.op("Identity", dtype == null ? c.named(item) : c.cast(item, dtype)));
    }

    /** The value that the next of {@code results} are. */
    default Item read(Iterator<Named> results) {
        if (this instanceof Same same) {
            return same.item();
        } else if (this instanceof Several several) {
            return new Items(
                    several.elements().stream().map(form -> form.read(results)).toList());
        } else if (this instanceof Growing growing) {
            return new Sequence(results.next().name(), new Named("", growing.dtype(), null));
        }
        Single single = (Single) this;
        return results.next().as(single.dtype()).ofShape(single.shape());
    }

    /** How many values of the model it takes. */
    default int width() {
        if (this instanceof Several several) {
            return several.elements().stream().mapToInt(Form::width).sum();
        }
        return this instanceof Same ? 0 : 1;
    }
}
