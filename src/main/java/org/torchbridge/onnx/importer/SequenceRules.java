package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.proto.GraphProto;

/** Sequences, which are lists of tensors. */
final class SequenceRules {
    private SequenceRules() {}

    static void register(Registry r) {
        r.rule("SequenceEmpty", 11, SequenceRules::empty);
        r.rule("SequenceConstruct", 11, (node, c) -> c.list(Type.TENSOR, node.tensors()));
        r.rule("SequenceAt", 11, (node, c) -> c.op("aten::__getitem__", node.value(0), node.number(1)));
        r.rule("SequenceLength", 11, (node, c) -> c.op("aten::len", node.value(0)));
        r.rule("SequenceInsert", 11, SequenceRules::insert);
        r.rule("SequenceErase", 11, SequenceRules::erase);
        r.rule("ConcatFromSequence", 11, SequenceRules::concat);
        r.rule("SplitToSequence", 11, SequenceRules::split);
        r.many("SequenceMap", 17, SequenceRules::map);
    }

    private static Value empty(OnnxNode node, Conversion c) {
        node.ignore("dtype");
        return c.list(Type.TENSOR, List.of());
    }

    private static Value insert(OnnxNode node, Conversion c) {
        Value list = node.value(0);
        Value one = c.list(Type.TENSOR, List.of(node.tensor(1)));
        if (!node.has(2)) {
            return joined(c, list, one);
        }
        Object place = node.number(2);
        Value before = part(c, list, null, place);
        Value after = part(c, list, place, null);
        return joined(c, joined(c, before, one), after);
    }

    private static Value erase(OnnxNode node, Conversion c) {
        Value list = node.value(0);
        Object length = c.op("aten::len", list);
        Object place = node.has(1) ? c.integer("remainder", node.number(1), length) : c.integer("sub", length, 1L);
        return joined(c, part(c, list, null, place), part(c, list, c.integer("add", place, 1L), null));
    }

    private static Value part(Conversion c, Value list, @Nullable Object from, @Nullable Object to) {
        return c.op("aten::slice", list, from, to, 1L);
    }

    private static Value joined(Conversion c, Value a, Value b) {
        return c.op("aten::add", a, b);
    }

    private static Value concat(OnnxNode node, Conversion c) {
        long axis = node.integer("axis");
        boolean stacks = node.flag("new_axis", false);
        return c.op(stacks ? "aten::stack" : "aten::cat", node.value(0), axis);
    }

    /** Into parts of one size, of given sizes, or into slices, with or without their dimension. */
    private static Value split(OnnxNode node, Conversion c) {
        long axis = node.integer("axis", 0);
        boolean keep = node.flag("keepdims", true);
        Value x = node.tensor(0);
        if (!node.has(1)) {
            Value list = keep ? c.op("aten::split", x, 1L, axis) : c.op("aten::unbind", x, axis);
            return list;
        }
        return node.knownRank(1) == 0
                ? c.op("aten::split", x, node.number(1), axis)
                : c.op("aten::split_with_sizes", x, node.numbers(1), axis);
    }

    /** The body for each place of the sequences; further inputs that are tensors are the same for all. */
    private static List<@Nullable Value> map(OnnxNode node, Conversion c) {
        GraphProto body = node.graph("body");
        List<Value> inputs = new ArrayList<>();
        for (int i = 0; i < node.inputs(); i++) {
            inputs.add(node.value(i));
        }
        List<Value> lists = new ArrayList<>();
        for (int i = 0; i < node.outputs(); i++) {
            lists.add(c.list(Type.TENSOR, List.of()));
        }
        Value length = c.op("aten::len", inputs.get(0));
        return new ArrayList<>(c.loop(length, true, lists, turn -> {
            List<Value> given = new ArrayList<>();
            for (Value input : inputs) {
                boolean sequence = input.type() instanceof Type.OfList;
                given.add(sequence ? c.op("aten::__getitem__", input, turn.get(0)) : input);
            }
            List<Value> outputs = c.body(body, given);
            List<Value> next = new ArrayList<>(List.of(c.constant(true)));
            for (int i = 0; i < outputs.size(); i++) {
                next.add(joined(c, turn.get(i + 1), c.list(Type.TENSOR, List.of(outputs.get(i)))));
            }
            return next;
        }));
    }
}
