package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.OnnxType;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.TypeProto;

/** Branches and loops. */
final class ControlRules {
    private ControlRules() {}

    static void register(Registry r) {
        r.many("If", 1, ControlRules::branch);
        r.many("Loop", 1, ControlRules::loop);
    }

    private static List<@Nullable Value> branch(OnnxNode node, Conversion c) {
        GraphProto then = node.graph("then_branch");
        GraphProto otherwise = node.graph("else_branch");
        Tensor known = node.constantOrNull(0);
        if (known != null) {
            return new ArrayList<>(c.body(known.toBoolean() ? then : otherwise, List.of()));
        }
        return new ArrayList<>(
                c.ifElse(node.condition(0), () -> c.body(then, List.of()), () -> c.body(otherwise, List.of())));
    }

    /** Carried values go from turn to turn; the body's further outputs are stacked over all turns. */
    private static List<@Nullable Value> loop(OnnxNode node, Conversion c) {
        GraphProto body = node.graph("body");
        Object times = node.has(0) ? node.number(0) : Long.MAX_VALUE;
        Object condition = node.has(1) ? node.condition(1) : true;
        List<Value> state = new ArrayList<>();
        for (int i = 2; i < node.inputs(); i++) {
            state.add(node.value(i));
        }
        int carried = state.size();
        int stacked = body.getOutputCount() - 1 - carried;
        for (int i = 0; i < stacked; i++) {
            state.add(c.list(Type.TENSOR, List.of()));
        }
        List<Value> results = new ArrayList<>(c.loop(times, condition, state, turn -> turn(c, body, turn, carried)));
        boolean turns = times instanceof Long known && known > 0 && condition.equals(true);
        for (int i = carried; i < results.size(); i++) {
            Value list = results.get(i);
            TypeProto element = body.getOutput(1 + i).getType();
            results.set(i, turns ? c.op("aten::stack", list, 0L) : stack(c, list, OnnxType.of(element)));
        }
        return new ArrayList<>(results);
    }

    /** Of no elements, it has the dimensions that the body says its output has. */
    private static Value stack(Conversion c, Value list, OnnxType element) {
        List<Object> sizes = new ArrayList<>(List.of(0L));
        DType dtype = DType.FLOAT32;
        if (element instanceof OnnxType.OfTensor tensor) {
            dtype = tensor.element().carrier();
            if (tensor.shape() != null) {
                tensor.shape().forEach(size -> sizes.add(size instanceof Long ? size : (Object) 0L));
            }
        }
        Value none = c.op("aten::zeros", c.list(sizes), dtype, null, c.device());
        return c.ifElse(
                        c.op("aten::eq", c.op("aten::len", list), 0L),
                        () -> List.of(none),
                        () -> List.of(c.op("aten::stack", list, 0L)))
                .get(0);
    }

    private static List<Value> turn(Conversion c, GraphProto body, List<Value> turn, int carried) {
        List<Value> inputs = new ArrayList<>();
        inputs.add(turn.get(0));
        inputs.add(c.constant(true));
        inputs.addAll(turn.subList(1, 1 + carried));
        List<Value> outputs = c.body(body, inputs);
        List<Value> next = new ArrayList<>();
        next.add(c.truth(outputs.get(0)));
        next.addAll(outputs.subList(1, 1 + carried));
        for (int i = 1 + carried; i < outputs.size(); i++) {
            Value list = turn.get(i);
            Value one = c.list(Type.TENSOR, List.of(outputs.get(i)));
            next.add(c.op("aten::add", list, one));
        }
        return next;
    }
}
