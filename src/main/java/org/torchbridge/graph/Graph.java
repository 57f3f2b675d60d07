package org.torchbridge.graph;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A program: what a TorchScript method, an ONNX model or a traced module does, without its modules. Nodes make values from
 * values, in an order in which they can run; control flow is nodes with {@link Block blocks}. The tensors that the program
 * has of its own are {@link #slots}, by the dotted paths they have in a state dict.
 *
 * <pre>{@code
 * Graph graph = new Graph();
 * Value x = graph.addInput("x", Type.TENSOR);
 * graph.addOutput(GraphBuilder.at(graph.body()).op("aten::relu", x));
 * }</pre>
 *
 * It prints in TorchScript's notation.
 */
public final class Graph {
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final Map<Value, @Nullable Object> defaults = new LinkedHashMap<>();
    private final Block body = new Block(this, null);
    private final Map<String, Integer> names = new HashMap<>();
    private int numbers;

    public Block body() {
        return body;
    }

    public List<Value> inputs() {
        return body.inputs();
    }

    public Value addInput(String name, Type type) {
        return body.addInput(name, type);
    }

    public List<Value> outputs() {
        return body.outputs();
    }

    public void addOutput(Value value) {
        body.addOutput(value);
    }

    /** What the last inputs are for a caller who leaves them out, as a {@link Node}'s attributes. */
    public Map<Value, @Nullable Object> defaults() {
        return defaults;
    }

    /** Parameters, buffers and attributes by dotted path, in the order of the state dict. */
    public Map<String, Slot> slots() {
        return slots;
    }

    /** Sees every node, those in blocks after the node that has the blocks. */
    public void forEachNode(Consumer<Node> action) {
        forEachNode(body, action);
    }

    private static void forEachNode(Block block, Consumer<Node> action) {
        for (Node node : block.nodes()) {
            action.accept(node);
            node.blocks().forEach(inner -> forEachNode(inner, action));
        }
    }

    /** How many nodes there are of each kind, in blocks too. */
    public Map<String, Integer> kinds() {
        Map<String, Integer> kinds = new TreeMap<>();
        forEachNode(node -> kinds.merge(node.kind(), 1, Integer::sum));
        return kinds;
    }

    /** A program of its own that does the same; the tensors are shared. */
    public Graph copy() {
        Graph copy = new Graph();
        Map<Value, Value> values = new HashMap<>();
        inputs().forEach(input -> values.put(input, copy.addInput(input.name(), input.type())));
        defaults.forEach((input, value) -> copy.defaults.put(values.get(input), value));
        GraphCopy.program(this, "", copy.body, copy.body.result(), values);
        outputs().forEach(output -> copy.addOutput(values.get(output)));
        return copy;
    }

    /** A name for a value that is given none. */
    String freshName() {
        return Integer.toString(numbers++);
    }

    /** The name, which may be followed by a number so that no other value has it; from now on it is taken. */
    String uniqueName(String name) {
        if (names.putIfAbsent(name, 0) == null) {
            return name;
        }
        String base = name.replaceFirst("\\.\\d+$", "");
        String unique;
        do {
            unique = base + "." + names.merge(base, 1, Integer::sum);
        } while (names.containsKey(unique));
        names.put(unique, 0);
        return unique;
    }

    @Override
    public String toString() {
        return GraphPrinter.text(this);
    }
}
