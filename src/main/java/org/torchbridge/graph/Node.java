package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One operation. Its kind is TorchScript's: {@code aten::conv2d}, {@code prim::If}, an operator of one's own. Constants are
 * {@code prim::Constant} with the attribute {@code value} ({@code None} has none); a parameter, buffer or attribute is read
 * by {@code prim::GetAttr} and written by {@code prim::SetAttr}, whose attribute {@code name} is the {@link Graph#slots
 * slot's} dotted path and which have no module among their inputs.
 *
 * <p>Attributes are {@link Long}, {@link Double}, {@link Boolean}, {@link String}, {@link org.torchbridge.Scalar} (complex),
 * {@link org.torchbridge.Tensor}, {@link org.torchbridge.Device}, {@link Type}, lists of these, or what only libtorch knows.
 */
public final class Node {
    static final String PARAM = "prim::Param";
    static final String RETURN = "prim::Return";

    private final String kind;
    private final List<Value> inputs = new ArrayList<>();
    private final List<Value> outputs = new ArrayList<>();
    private final Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
    private final List<Block> blocks = new ArrayList<>();
    private final Graph graph;
    private @Nullable Block owner;
    private Node previous = this;
    private Node next = this;
    private String scope = "";
    private String source = "";

    Node(Graph graph, String kind) {
        this.graph = graph;
        this.kind = kind;
    }

    public String kind() {
        return kind;
    }

    public boolean is(String kind) {
        return this.kind.equals(kind);
    }

    public Graph graph() {
        return graph;
    }

    /** The block it is in; null if it was taken out. */
    public @Nullable Block owner() {
        return owner;
    }

    void setOwner(@Nullable Block owner) {
        this.owner = owner;
    }

    // ---- inputs and outputs

    public List<Value> inputs() {
        return Collections.unmodifiableList(inputs);
    }

    public Value input(int index) {
        return inputs.get(index);
    }

    public void addInput(Value value) {
        value.addUse(new Use(this, inputs.size()));
        inputs.add(value);
    }

    public void setInput(int index, Value value) {
        Use use = new Use(this, index);
        inputs.set(index, value).removeUse(use);
        value.addUse(use);
    }

    public void removeInput(int index) {
        List<Value> rest = new ArrayList<>(inputs);
        rest.remove(index);
        setInputs(rest);
    }

    public void setInputs(List<Value> values) {
        List<Value> given = List.copyOf(values);
        for (int i = 0; i < inputs.size(); i++) {
            inputs.get(i).removeUse(new Use(this, i));
        }
        inputs.clear();
        given.forEach(this::addInput);
    }

    public List<Value> outputs() {
        return Collections.unmodifiableList(outputs);
    }

    /** The only output. */
    public Value output() {
        if (outputs.size() != 1) {
            throw new IllegalStateException(kind + " has " + outputs.size() + " outputs, not one");
        }
        return outputs.get(0);
    }

    public Value output(int index) {
        return outputs.get(index);
    }

    public Value addOutput(Type type) {
        return addOutput(graph.freshName(), type);
    }

    /** Adds an output; if its name is taken, a number is put behind it. */
    public Value addOutput(String name, Type type) {
        Value value = new Value(this, graph.uniqueName(name), type);
        outputs.add(value);
        return value;
    }

    /** Takes out an output that nothing uses. */
    public void removeOutput(int index) {
        if (outputs.get(index).isUsed()) {
            throw new IllegalStateException(outputs.get(index) + " of " + kind + " is still used");
        }
        outputs.remove(index);
    }

    // ---- attributes and blocks

    public Map<String, @Nullable Object> attributes() {
        return attributes;
    }

    public @Nullable Object attribute(String name) {
        return attributes.get(name);
    }

    public Node set(String name, @Nullable Object value) {
        attributes.put(name, value);
        return this;
    }

    /** The blocks of control flow: the two branches of {@code prim::If}, the body of {@code prim::Loop}. */
    public List<Block> blocks() {
        return Collections.unmodifiableList(blocks);
    }

    public Block addBlock() {
        Block block = new Block(graph, this);
        blocks.add(block);
        return block;
    }

    // ---- where it came from

    /** The dotted path of the module whose code this is; empty for the outermost, or if unknown. */
    public String scope() {
        return scope;
    }

    public Node setScope(String scope) {
        this.scope = scope;
        return this;
    }

    /** Where it was written, {@code net.py:12} or the name of an ONNX node; empty if unknown. */
    public String source() {
        return source;
    }

    public Node setSource(String source) {
        this.source = source;
        return this;
    }

    // ---- place

    /** The node after this one; the block's {@code prim::Return} after the last. */
    Node next() {
        return next;
    }

    /** The node before this one; the block's {@code prim::Return} before the first. */
    Node previous() {
        return previous;
    }

    /** Takes the node out of its block; nothing may use its outputs. */
    public void remove() {
        for (Value output : outputs) {
            if (output.isUsed()) {
                throw new IllegalStateException(output + " of " + kind + " is still used");
            }
        }
        setInputs(List.of());
        blocks.forEach(Block::clear);
        unlink();
        owner = null;
    }

    /** Puts the node right before {@code other}, out of where it is; at the end, before a block's {@link Block#result}. */
    public void moveBefore(Node other) {
        if (other.owner == null) {
            throw new IllegalArgumentException(other.kind + " is in no block");
        }
        if (other == this) {
            return;
        }
        unlink();
        owner = other.owner;
        previous = other.previous;
        next = other;
        previous.next = this;
        next.previous = this;
    }

    private void unlink() {
        previous.next = next;
        next.previous = previous;
        previous = this;
        next = this;
    }

    @Override
    public String toString() {
        return GraphPrinter.text(this);
    }
}
