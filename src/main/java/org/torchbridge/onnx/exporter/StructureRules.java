package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Items;
import org.torchbridge.onnx.exporter.Item.Named;
import org.torchbridge.onnx.exporter.Item.Sequence;

/** What a program is made of besides operators: constants, weights, lists and tuples. */
final class StructureRules {
    private StructureRules() {}

    static void register(Rules r) {
        r.rule("prim::Constant", c -> Item.of(c.node().attribute("value")));
        r.rule("prim::GetAttr", StructureRules::attribute);
        r.rule("prim::ListConstruct", c -> new Items(c.items()));
        r.rule("prim::TupleConstruct", c -> new Items(c.items()));
        r.rule("prim::DictConstruct", StructureRules::dict);
        r.many("prim::TupleUnpack", c -> c.elements(c.item(0)));
        r.many("prim::ListUnpack", StructureRules::unpack);
        r.rule("prim::TupleIndex", StructureRules::element);
        r.rule("aten::__getitem__", StructureRules::element);
        r.rule("aten::len", StructureRules::length);
        r.rule("aten::list", c -> c.item(0));
        r.rule("prim::unchecked_cast", c -> c.item(0));
        r.rule("prim::unchecked_unwrap_optional", c -> c.item(0));
        r.rule("aten::_unwrap_optional", c -> c.item(0));
        r.rule("prim::Uninitialized", c -> Item.NONE);
        r.many("aten::warn", c -> List.of());
        r.many("prim::Print", c -> List.of());
        r.list("aten::add", StructureRules::joined);
        r.rule("torchbridge::call_module", StructureRules::layer);
    }

    private static Item attribute(Call c) {
        if (!c.node().inputs().isEmpty()) {
            throw c.unsupported("reads of an object that changes in a branch or loop; ONNX has tensors and lists");
        }
        return c.exporter().slot((String) c.node().attribute("name"));
    }

    private static Item layer(Call c) {
        throw c.unsupported("is a layer of Java's, set as a child; set what ScriptModule.trace makes of it instead");
    }

    /** Only its values go out; the keys are for names. */
    private static Item dict(Call c) {
        List<Item> values = new ArrayList<>();
        for (int i = 1; i < c.items().size(); i += 2) {
            values.add(c.item(i));
        }
        return new Items(values);
    }

    private static List<Item> unpack(Call c) {
        if (c.item(0) instanceof Sequence sequence) {
            List<Item> parts = new ArrayList<>();
            for (int i = 0; i < c.results(); i++) {
                parts.add(at(c, sequence, c.scalar((long) i)));
            }
            return parts;
        }
        if (c.item(0) instanceof Named row && row.rank() == 1) {
            return c.elements(row.ofShape(List.of((long) c.results())));
        }
        return c.elements(c.item(0));
    }

    private static Item element(Call c) {
        Item list = c.item(0);
        if (list instanceof Sequence sequence) {
            return at(c, sequence, c.named(c.item(1)));
        }
        Object index = c.known(c.item(1));
        if (index instanceof String) {
            throw c.unsupported("looks into a dictionary whose keys only the run tells");
        }
        if (list instanceof Named row && (index == null || row.shape().get(0) == null)) {
            return c.op("Gather", row, c.named(c.item(1))).ofRank(0);
        }
        List<Item> elements = c.elements(list);
        if (index == null) {
            boolean numbers = elements.stream().noneMatch(each -> each instanceof Named named && named.rank() != 0);
            return numbers
                    ? c.op("Gather", c.row(elements), c.named(c.item(1))).ofRank(0)
                    : at(c, sequence(c, elements, null), c.named(c.item(1)));
        }
        long place = (Long) index < 0 ? (Long) index + elements.size() : (Long) index;
        if (place < 0 || place >= elements.size()) {
            throw c.unsupported("takes element " + index + " of " + elements.size());
        }
        return elements.get((int) place);
    }

    private static Named at(Call c, Sequence sequence, Named index) {
        return c.node("SequenceAt", new Named(sequence.name(), null, null), index)
                .as(sequence.element().dtype())
                .get()
                .ofShape(sequence.element().shape());
    }

    private static Item length(Call c) {
        Item list = c.item(0);
        if (list instanceof Sequence sequence) {
            return c.node("SequenceLength", new Named(sequence.name(), null, null))
                    .as(DType.INT64)
                    .get()
                    .ofRank(0);
        }
        if (list instanceof Named tensor
                && (tensor.rank() != 1 || tensor.shape().get(0) == null)) {
            return c.size(tensor.rank() < 0 ? tensor.ofRank(1) : tensor, 0);
        }
        return Item.of((long) c.elements(list).size());
    }

    /** One list behind the other. */
    private static Item joined(Call c) {
        Item one = c.item(0);
        Item other = c.item(1);
        if (one instanceof Named || other instanceof Named) {
            return c.node("Concat", c.named(one), c.named(other))
                    .with("axis", 0)
                    .get()
                    .ofRank(1);
        } else if (!(one instanceof Sequence sequence)) {
            List<Item> all = new ArrayList<>(c.elements(one));
            all.addAll(c.elements(other));
            return new Items(all);
        } else {
            Sequence list = sequence;
            for (Item element : c.elements(other)) {
                list = inserted(c, list, c.named(element));
            }
            return list;
        }
    }

    private static Sequence inserted(Call c, Sequence list, Named element) {
        Named longer = c.node("SequenceInsert", new Named(list.name(), null, null), element)
                .as(element.dtype())
                .get();
        return new Sequence(longer.name(), element.rank() < 0 ? longer : element.ofRank(element.rank()));
    }

    /**
     * A list as one whose length only the run tells.
     *
     * @param dtype of the elements, for a list without any; null for the default
     */
    static Sequence sequence(Call c, List<Item> elements, @Nullable DType dtype) {
        if (elements.isEmpty()) {
            DType type = dtype == null ? DType.FLOAT32 : dtype;
            Named empty = c.node("SequenceEmpty").with("dtype", type).as(type).get();
            return new Sequence(empty.name(), empty);
        }
        List<Named> tensors = elements.stream().map(c::named).toList();
        Named list = c.node("SequenceConstruct", List.copyOf(tensors)).get();
        int rank = tensors.get(0).rank();
        boolean alike = rank >= 0 && tensors.stream().allMatch(tensor -> tensor.rank() == rank);
        return new Sequence(list.name(), alike ? list.ofRank(rank) : list);
    }
}
