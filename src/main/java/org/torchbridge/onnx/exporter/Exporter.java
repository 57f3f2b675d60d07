package org.torchbridge.onnx.exporter;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.exporter.Item.Named;

/** Walks a program whose types are known and writes each node by its rule. */
final class Exporter {
    private final Graph program;
    private final int opset;
    private final boolean training;
    private final Map<Value, Item> items = new HashMap<>();
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final Problems problems = new Problems();
    private OnnxGraph graph = new OnnxGraph();
    private String scope = "";

    Exporter(Graph program, int opset, boolean training) {
        this.program = program;
        this.opset = opset;
        this.training = training;
    }

    int opset() {
        return opset;
    }

    boolean training() {
        return training;
    }

    /** The graph that nodes are written into now. */
    OnnxGraph graph() {
        return graph;
    }

    /** The module that nodes are of now, as their names have it. */
    String scope() {
        return scope;
    }

    Problems problems() {
        return problems;
    }

    /** The slots that the model needs, by their names. */
    Map<String, Tensor> weights() {
        return weights;
    }

    // ---- values

    /** @throws Missing if the node that makes it has no rule */
    Item item(Value value) {
        Item item = items.get(value);
        if (item == null) {
            throw new Missing();
        }
        return item;
    }

    void put(Value value, Item item) {
        items.put(value, item);
    }

    /** What a slot holds. */
    Item slot(String name) {
        Slot slot = program.slots().get(name);
        if (!(slot.value() instanceof Tensor tensor)) {
            return Item.of(slot.value());
        }
        if (weights.putIfAbsent(name, tensor) == null) {
            graph.unique(name);
        }
        return new Named(name, tensor.dtype(), Type.of(tensor).shape());
    }

    // ---- the walk

    /** Writes a graph of the program into the current graph of the model. */
    void write(Block block) {
        for (Node node : block.nodes()) {
            try {
                write(node);
            } catch (Unsupported e) {
                problems.add(node, e.getMessage());
            } catch (Missing e) {
                // its cause is known already
            }
        }
    }

    private void write(Node node) {
        scope = node.scope().isEmpty() ? "" : "/" + node.scope().replace('.', '/');
        Call call = new Call(node, this);
        List<Item> results = Rules.STANDARD.find(call, opset).write(call);
        for (int i = 0; i < results.size(); i++) {
            put(node.output(i), settled(call, node.output(i), results.get(i)));
        }
    }

    /** The value as the examples say that it is: a rule whose result is of another type leaves the cast to this. */
    private static Item settled(Call call, Value value, Item item) {
        if (!(item instanceof Named named) || !(value.type() instanceof Type.OfTensor type)) {
            return item;
        }
        DType wanted = type.dtype() == null ? named.dtype() : type.dtype();
        Named typed = wanted == null || named.dtype() == null ? named.as(wanted) : call.cast(named, wanted);
        return type.shape() == null ? typed : typed.ofShape(type.shape());
    }

    /** A value as one that can be given the name of an output. */
    Named output(Item item) {
        Call end = new Call(program.body().result(), this);
        Named named = end.named(item);
        return graph.makes(named.name()) ? named : end.op("Identity", named).ofShape(named.shape());
    }

    /** Writes a block as a graph within the current one. */
    OnnxGraph inner(Block block) {
        OnnxGraph inner = graph.inner();
        within(inner, () -> {
            write(block);
            return inner;
        });
        return inner;
    }

    /** Does what writes into an inner graph. */
    <T> T within(OnnxGraph inner, Supplier<T> action) {
        OnnxGraph before = graph;
        String place = scope;
        graph = inner;
        try {
            return action.get();
        } finally {
            graph = before;
            scope = place;
        }
    }
}
