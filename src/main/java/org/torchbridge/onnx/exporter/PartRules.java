package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.Torch;
import org.torchbridge.onnx.exporter.Item.Items;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;
import org.torchbridge.onnx.exporter.Item.Sequence;

/** What puts tensors together and takes them apart. */
final class PartRules {
    private PartRules() {}

    static void register(Rules r) {
        r.rule("aten::cat", PartRules::concat);
        r.rule("aten::concat", PartRules::concat);
        r.rule("aten::stack", PartRules::stack);
        r.rule("aten::split", PartRules::splitBySize);
        r.rule(
                "aten::split_with_sizes",
                c -> parts(c, c.row("split_sizes"), c.numbers("split_sizes").size()));
        r.rule("aten::chunk", PartRules::chunk);
        r.rule("aten::unsafe_chunk", PartRules::chunk);
        r.rule("aten::tensor_split", PartRules::tensorSplit);
        r.rule("aten::unbind", PartRules::unbind);
        r.rule("aten::slice", PartRules::slice);
        r.rule("aten::narrow", PartRules::narrow);
        r.rule("aten::select", c -> c.node("Gather", c.tensor("self"), c.named(c.item("index")))
                .with("axis", c.dim("dim", c.tensor("self")))
                .get());
    }

    // ---- together

    private static Named concat(Call c) {
        Item list = c.item("tensors");
        if (list instanceof Sequence sequence) {
            return c.node(
                            "ConcatFromSequence",
                            new Named(sequence.name(), sequence.element().dtype(), null))
                    .with("axis", c.integer("dim", 0))
                    .get();
        }
        List<Named> tensors = c.tensors("tensors");
        List<Named> parts =
                tensors.stream().filter(tensor -> !isNothing(tensor)).toList();
        if (parts.isEmpty()) {
            return tensors.get(0);
        }
        DType dtype = common(c, parts);
        List<Named> typed = parts.stream().map(part -> c.cast(part, dtype)).toList();
        return typed.size() == 1
                ? typed.get(0)
                : c.node("Concat", List.copyOf(typed))
                        .with("axis", c.dim("dim", typed.get(0)))
                        .get();
    }

    /** An old way to say nothing, which {@code cat} takes beside tensors of any shape. */
    private static boolean isNothing(Named tensor) {
        return tensor.rank() == 1 && Long.valueOf(0).equals(tensor.shape().get(0));
    }

    private static DType common(Call c, List<Named> tensors) {
        DType dtype = c.dtype(tensors.get(0));
        for (Named tensor : tensors) {
            dtype = Torch.promoteTypes(dtype, c.dtype(tensor));
        }
        return dtype;
    }

    private static Named stack(Call c) {
        Item list = c.item("tensors");
        long dim = c.integer("dim", 0);
        if (list instanceof Sequence sequence) {
            return c.node(
                            "ConcatFromSequence",
                            new Named(sequence.name(), sequence.element().dtype(), null))
                    .with("axis", dim)
                    .with("new_axis", 1)
                    .get();
        }
        List<Named> tensors = c.tensors("tensors");
        int place = (int) (dim < 0 ? dim + c.rank(tensors.get(0)) + 1 : dim);
        DType dtype = common(c, tensors);
        List<Named> parts = tensors.stream()
                .map(tensor -> LayoutRules.unsqueeze(c, c.cast(tensor, dtype), place))
                .toList();
        return c.node("Concat", List.copyOf(parts)).with("axis", place).get();
    }

    // ---- apart

    /** {@code count} equal parts. */
    static List<Named> split(Call c, Named x, int dim, int count) {
        NodeWriter node = c.node("Split", x).with("axis", dim);
        return (c.opset() >= 18 ? node.with("num_outputs", count) : node).many(count);
    }

    private static Item parts(Call c, Named sizes, int count) {
        Named x = c.tensor("self");
        if (count == 1) {
            return new Items(List.of(x));
        }
        List<Named> parts =
                c.node("Split", x, sizes).with("axis", c.dim("dim", x)).many(count);
        return new Items(
                List.copyOf(parts.stream().map(part -> part.ofRank(x.rank())).toList()));
    }

    private static Item parts(Call c, List<Long> sizes) {
        return parts(c, c.longs(sizes.stream().mapToLong(Long::longValue).toArray()), sizes.size());
    }

    /** Parts of one size, and what is left; how many there are, only a size that is known tells. */
    private static Item splitBySize(Call c) {
        String name = c.takes("split_size") ? "split_size" : "split_sizes";
        if (!(c.known(c.item(name)) instanceof Long part)) {
            return parts(c, c.row(name), c.numbers(name).size());
        }
        Named x = c.tensor("self");
        if (!(c.size(x, c.dim("dim", x)) instanceof Known known)) {
            Named list = c.node("SplitToSequence", x, c.scalar((long) part))
                    .with("axis", c.dim("dim", x))
                    .get();
            return new Sequence(list.name(), list.ofRank(x.rank()));
        }
        return parts(c, sizes((Long) known.value(), part));
    }

    private static List<Long> sizes(long total, long part) {
        List<Long> sizes = new ArrayList<>();
        for (long from = 0; from < total || sizes.isEmpty(); from += part) {
            sizes.add(Math.min(part, total - from));
        }
        return sizes;
    }

    private static Item chunk(Call c) {
        Named x = c.tensor("self");
        long count = c.integer("chunks");
        if (c.size(x, c.dim("dim", x)) instanceof Known known) {
            long total = (Long) known.value();
            return parts(c, sizes(total, Math.max(1, (total + count - 1) / count)));
        } else if (c.opset() < 18) {
            throw c.unsupported("splits an open size into " + count + " parts, which needs opset 18");
        }
        return new Items(List.copyOf(split(c, x, c.dim("dim", x), (int) count)));
    }

    /** At places, or into parts whose sizes differ by no more than one. */
    private static Item tensorSplit(Call c) {
        Named x = c.tensor("self");
        if (!(c.size(x, c.dim("dim", x)) instanceof Known known)) {
            throw c.unsupported("splits an open size");
        }
        long total = (Long) known.value();
        List<Long> sizes = new ArrayList<>();
        if (c.takes("sections")) {
            long count = c.integer("sections");
            for (long i = 0; i < count; i++) {
                sizes.add(total / count + (i < total % count ? 1 : 0));
            }
        } else {
            long from = 0;
            for (long place : c.integers("indices")) {
                long to = Math.min(place < 0 ? place + total : place, total);
                sizes.add(Math.max(0, to - from));
                from = Math.max(from, to);
            }
            sizes.add(total - from);
        }
        return parts(c, sizes);
    }

    private static Item unbind(Call c) {
        Named x = c.tensor("self");
        int dim = c.dim("dim", x);
        if (!(c.size(x, dim) instanceof Known known)) {
            Named list = c.node("SplitToSequence", x)
                    .with("axis", dim)
                    .with("keepdims", 0)
                    .get();
            return new Sequence(list.name(), list.ofRank(x.rank() - 1));
        }
        List<Item> parts = new ArrayList<>();
        for (long i = 0; i < (Long) known.value(); i++) {
            parts.add(c.node("Gather", x, c.scalar(i)).with("axis", dim).get().ofRank(x.rank() - 1));
        }
        return new Items(parts);
    }

    // ---- parts

    private static Item slice(Call c) {
        if (!c.takes("dim")) {
            return slicedList(c);
        }
        Named x = c.tensor("self");
        return slice(c, x, c.dim("dim", x), c.item("start"), c.item("end"), c.integer("step", 1));
    }

    private static Item slicedList(Call c) {
        List<Item> elements = c.elements(c.item(0));
        int size = elements.size();
        int step = (int) c.integer("step", 1);
        int from = step > 0 ? place(c.integer("start", 0), size) : size - 1;
        int to = step > 0 ? place(c.integer("end", size), size) : -1;
        if (step < 0 && (c.has("start") && c.integer("start") < size - 1 || c.has("end") && c.integer("end") > -size)) {
            throw c.unsupported("turns a part of a list");
        }
        List<Item> some = new ArrayList<>();
        for (int i = from; step > 0 ? i < to : i > to; i += step) {
            some.add(elements.get(i));
        }
        return new Items(some);
    }

    private static int place(long index, int size) {
        return (int) Math.max(0, Math.min(size, index < 0 ? index + size : index));
    }

    static Named slice(Call c, Named x, int dim, Item start, Item end, long step) {
        Named from = Item.isNone(start) ? c.longs(0) : c.row(List.of(start));
        Named to = Item.isNone(end) ? c.longs(Long.MAX_VALUE) : c.row(List.of(end));
        return c.op("Slice", x, from, to, c.longs(dim), c.longs(step)).ofRank(x.rank());
    }

    private static Named narrow(Call c) {
        Named x = c.tensor("self");
        Item start = c.item("start");
        Item length = c.item("length");
        Item end = start instanceof Known a && length instanceof Known b
                ? Item.of((Long) a.value() + (Long) b.value())
                : NumberRules.arithmetic(c, "Add", start, length);
        return slice(c, x, c.dim("dim", x), start, end, 1);
    }
}
