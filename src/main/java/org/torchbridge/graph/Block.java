package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sequence of nodes with inputs and outputs: a whole program, a branch of {@code prim::If}, the body of {@code
 * prim::Loop} (inputs: the number of the turn and what is carried; outputs: whether to go on and what is carried).
 */
public final class Block {
    private final Graph graph;
    private final @Nullable Node owner;
    private final Node parameters;
    private final Node result;
    private final List<Node> nodes = new ArrayList<>();

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
        return List.copyOf(nodes);
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
        return insert(kind, inputs, nodes.size());
    }

    /** Puts a new node before {@code place}, which is in this block or its {@link #result}. */
    public Node insertBefore(Node place, String kind, List<Value> inputs) {
        return insert(kind, inputs, indexOf(place));
    }

    private Node insert(String kind, List<Value> inputs, int index) {
        Node node = new Node(graph, kind);
        inputs.forEach(node::addInput);
        insert(node, index);
        return node;
    }

    void insert(Node node, int index) {
        node.setOwner(this);
        nodes.add(index, node);
    }

    int indexOf(Node node) {
        if (node == result) {
            return nodes.size();
        }
        int index = nodes.indexOf(node);
        if (index < 0) {
            throw new IllegalArgumentException(node.kind() + " is not in this block");
        }
        return index;
    }

    void detach(Node node) {
        nodes.remove(node);
        node.setOwner(null);
    }

    /** Takes out everything but the inputs. */
    void clear() {
        result.setInputs(List.of());
        for (int i = nodes.size() - 1; i >= 0; i--) {
            nodes.get(i).remove();
        }
    }
}
