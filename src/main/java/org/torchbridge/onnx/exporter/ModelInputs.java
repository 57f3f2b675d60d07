package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * The inputs of a model: an example of each, their names, and the sizes that stay open. A list or tuple is as many inputs as
 * it has tensors.
 */
public final class ModelInputs {
    /** How much longer the first open size is in the second example; each other is longer by another number. */
    private static final long LONGER = 3;

    /**
     * An input of the program, or an element of one.
     *
     * @param parts the elements of a list; null for another value
     * @param name what the model calls it; null for what is no input of the model
     */
    record Leaf(
            @Nullable List<Leaf> parts,
            @Nullable String name,
            @Nullable Object value,
            @Nullable DType dtype,
            List<@Nullable Long> sizes,
            List<@Nullable String> symbols) {}

    private final List<Leaf> leaves = new ArrayList<>();
    private final List<Leaf> tensors = new ArrayList<>();
    private final List<String> names;
    private final Map<String, Map<Integer, String>> axes;
    private final Map<String, Map<Integer, String>> used = new LinkedHashMap<>();

    /**
     * @param examples tensors, numbers, and lists of these, for the program's inputs
     * @param names what the model calls the tensors and numbers, in their order
     * @param axes the names of open sizes, by the input's name or number and the dimension
     * @throws IllegalArgumentException if there are not as many names as inputs, or an axis is of none
     */
    public ModelInputs(List<?> examples, List<String> names, Map<String, Map<Integer, String>> axes) {
        this.names = names;
        this.axes = axes;
        examples.forEach(example -> leaves.add(leaf(example)));
        if (tensors.size() < names.size()) {
            throw new IllegalArgumentException("the module has " + tensors.size() + " inputs, and " + names.size()
                    + " names were given: " + names);
        }
        axes.keySet().stream()
                .filter(input -> !used.containsKey(input))
                .findFirst()
                .ifPresent(input -> {
                    throw new IllegalArgumentException("a size of '" + input + "' is to stay open, but the inputs are "
                            + tensors.stream().map(Leaf::name).toList());
                });
    }

    private Leaf leaf(@Nullable Object example) {
        if (example instanceof List<?> list) {
            return new Leaf(list.stream().map(this::leaf).toList(), null, null, null, List.of(), List.of());
        }
        boolean number = example instanceof Long
                || example instanceof Integer
                || example instanceof Double
                || example instanceof Boolean;
        if (!(example instanceof Tensor) && !number) {
            return new Leaf(null, null, example, null, List.of(), List.of());
        }
        int index = tensors.size();
        String name = index < names.size() ? names.get(index) : "input_" + index;
        Leaf leaf = example instanceof Tensor tensor
                ? tensor(name, index, tensor)
                : new Leaf(null, name, example, type(example), List.of(), List.of());
        tensors.add(leaf);
        return leaf;
    }

    private static DType type(Object number) {
        return number instanceof Boolean ? DType.BOOL : number instanceof Double ? DType.FLOAT64 : DType.INT64;
    }

    private Leaf tensor(String name, int index, Tensor tensor) {
        Map<Integer, String> open = new HashMap<>();
        for (String key : List.of(name, Integer.toString(index))) {
            if (axes.containsKey(key)) {
                used.put(key, axes.get(key));
                axes.get(key).forEach((dimension, symbol) -> open.put(checked(dimension, name, tensor), symbol));
            }
        }
        List<@Nullable Long> sizes = new ArrayList<>();
        List<@Nullable String> symbols = new ArrayList<>();
        for (int i = 0; i < tensor.dim(); i++) {
            sizes.add(open.containsKey(i) ? null : (Long) tensor.size(i));
            symbols.add(open.get(i));
        }
        return new Leaf(null, name, tensor, tensor.dtype(), sizes, symbols);
    }

    private static int checked(int dimension, String name, Tensor tensor) {
        int dim = (int) tensor.dim();
        int place = dimension < 0 ? dimension + dim : dimension;
        if (place < 0 || place >= dim) {
            throw new IllegalArgumentException(
                    "dimension " + dimension + " of '" + name + "' is to stay open, but it has " + dim);
        }
        return place;
    }

    /** What the inputs of a program are that takes each element of a list by itself, and nothing that is {@code None}. */
    List<Leaf> flat() {
        List<Leaf> flat = new ArrayList<>();
        leaves.forEach(leaf -> flatten(leaf, flat));
        return flat;
    }

    private static void flatten(Leaf leaf, List<Leaf> flat) {
        if (leaf.parts() != null) {
            leaf.parts().forEach(part -> flatten(part, flat));
        } else if (leaf.value() != null) {
            flat.add(leaf);
        }
    }

    /** The names of the inputs. */
    public List<String> names() {
        return tensors.stream().map(Leaf::name).toList();
    }

    /** The values of the inputs in an example for the program. */
    public static List<Object> flat(List<?> example) {
        List<Object> flat = new ArrayList<>();
        for (Object value : example) {
            if (value instanceof List<?> list) {
                flat.addAll(flat(list));
            } else if (value != null) {
                flat.add(value);
            }
        }
        return flat;
    }

    /** Examples for the program: the one that was given, and if sizes stay open another where these are longer. */
    public List<List<?>> examples() {
        List<String> symbols = symbols();
        List<List<?>> examples = new ArrayList<>();
        examples.add(values(List.of()));
        if (!symbols.isEmpty()) {
            examples.add(values(symbols));
        }
        return examples;
    }

    /** The open size that is {@code first} in the first example and {@code second} in the other; null if none is. */
    @Nullable
    String symbol(long first, long second) {
        List<String> symbols = symbols();
        for (Leaf leaf : tensors) {
            for (int i = 0; i < leaf.symbols().size(); i++) {
                String symbol = leaf.symbols().get(i);
                if (symbol != null
                        && ((Tensor) leaf.value()).size(i) == first
                        && first + LONGER + symbols.indexOf(symbol) == second) {
                    return symbol;
                }
            }
        }
        return null;
    }

    private List<String> symbols() {
        return tensors.stream()
                .flatMap(leaf -> leaf.symbols().stream())
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private List<?> values(List<String> longer) {
        List<@Nullable Object> values = new ArrayList<>();
        leaves.forEach(leaf -> values.add(value(leaf, longer)));
        return values;
    }

    private static @Nullable Object value(Leaf leaf, List<String> longer) {
        if (leaf.parts() != null) {
            return leaf.parts().stream().map(part -> value(part, longer)).toList();
        }
        if (!(leaf.value() instanceof Tensor tensor)) {
            return leaf.value();
        }
        Tensor value = tensor;
        for (int i = 0; i < leaf.symbols().size(); i++) {
            int place = leaf.symbols().get(i) == null
                    ? -1
                    : longer.indexOf(leaf.symbols().get(i));
            value = place < 0 ? value : longer(value, i, LONGER + place);
        }
        return value;
    }

    /** Starts again from the first element: values that occur, and in images edges like those before. */
    private static Tensor longer(Tensor tensor, int dimension, long more) {
        long size = tensor.size(dimension);
        Tensor places = Torch.arange(size + more).remainder(Math.max(size, 1));
        return tensor.detach().indexSelect(dimension, places.to(tensor.device()));
    }
}
