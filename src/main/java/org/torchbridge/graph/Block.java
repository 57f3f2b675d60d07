package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A sequence of nodes with inputs and outputs: a whole program, a branch of {@code prim::If}, the body of {@code
 * prim::Loop} (inputs: the number of the turn and what is carried; outputs: whether to go on and what is carried).
 */
public final class Block {
    private final Graph graph;
    private final @Nullable Node owner;
    private final Node parameters;

    /** Before the first node and after the last one: the nodes are linked in a ring. */
    private final Node result;

    Block(Graph graph, @Nullable Node owner) {
        this.graph = graph;
        this.owner = owner;
        this.parameters = new Node(graph, Node.PARAM);
        this.result = new Node(graph, Node.RETURN);
        parameters.setOwner(this);
        result.setOwner(this);
    }

    public Graph graph() {
        return graph;
    }

    /** The node this is a block of; null for the whole program. */
    public @Nullable Node owner() {
        return owner;
    }

    public List<Value> inputs() {
        return parameters.outputs();
    }

    public Value addInput(String name, Type type) {
        return parameters.addOutput(name, type);
    }

    public Value addInput(Type type) {
        return parameters.addOutput(type);
    }

    /** Takes out an input that nothing uses. */
    public void removeInput(int index) {
        parameters.removeOutput(index);
    }

    /** A copy of the nodes in their order, safe to walk while the block changes. */
    public List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        for (Node node = result.next(); node != result; node = node.next()) {
            nodes.add(node);
        }
        return Collections.unmodifiableList(nodes);
    }

    public List<Value> outputs() {
        return result.inputs();
    }

    public void addOutput(Value value) {
        result.addInput(value);
    }

    public void setOutputs(List<Value> values) {
        result.setInputs(values);
    }

    /** The {@code prim::Return}, whose inputs are the outputs. */
    public Node result() {
        return result;
    }

    /** Puts a new node at the end. */
    public Node append(String kind, List<Value> inputs) {
        return insertBefore(result, kind, inputs);
    }

    /** Puts a new node before {@code place}, which is in this block or its {@link #result}. */
    public Node insertBefore(Node place, String kind, List<Value> inputs) {
        if (place.owner() != this || place == parameters) {
            throw new IllegalArgumentException(place.kind() + " is not in this block");
        }
        Node node = new Node(graph, kind);
        inputs.forEach(node::addInput);
        node.moveBefore(place);
        return node;
    }

    /** Puts copies of the nodes before {@code place}, with these for the inputs, and gives what the outputs are there. */
    public List<Value> copyBefore(Node place, List<Value> arguments) {
        Map<Value, Value> values = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            values.put(inputs().get(i), arguments.get(i));
        }
        GraphCopy.block(this, place, values);
        return outputs().stream()
                .map(output -> values.getOrDefault(output, output))
                .toList();
    }

    /** Takes out everything but the inputs. */
    void clear() {
        result.setInputs(List.of());
        for (Node node = result.previous(); node != result; node = result.previous()) {
            node.remove();
        }
    }
}
