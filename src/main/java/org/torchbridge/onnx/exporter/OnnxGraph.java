package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.onnx.ElementType;
import org.torchbridge.onnx.exporter.Item.Named;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.NodeProto;

/**
 * A graph of the model while it is written: the whole, a branch, or the body of a loop. Names are unique in the whole model,
 * and constants belong to the whole, so that every graph can use them.
 */
final class OnnxGraph {
    private final @Nullable OnnxGraph outer;
    private final Map<Object, Named> constants = new HashMap<>();
    private final List<NodeProto> constantNodes = new ArrayList<>();
    private final List<NodeProto> nodes = new ArrayList<>();
    private final Map<String, String> renamed = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final Set<String> domains = new TreeSet<>();

    OnnxGraph() {
        this(null);
    }

    private OnnxGraph(@Nullable OnnxGraph outer) {
        this.outer = outer;
    }

    /** A graph that belongs to a node of this one. */
    OnnxGraph inner() {
        return new OnnxGraph(this);
    }

    private OnnxGraph whole() {
        return outer == null ? this : outer.whole();
    }

    /** A name that nothing else has: {@code name}, or that with a number behind it. */
    String unique(String name) {
        Set<String> taken = whole().names;
        String unique = name;
        for (int i = 1; !taken.add(unique); i++) {
            unique = name + "_" + i;
        }
        return unique;
    }

    void add(NodeProto node) {
        nodes.add(node);
    }

    void useDomain(String domain) {
        whole().domains.add(domain);
    }

    /** The domains other than ONNX's own that nodes are of. */
    Set<String> domains() {
        return domains;
    }

    /** ONNX's number of a type. */
    static long code(DType dtype) {
        return ElementType.of(dtype).code();
    }

    // ---- constants

    Named constant(Tensor value) {
        OnnxGraph whole = whole();
        NodeWriter node = new NodeWriter(whole, "Constant", "", List.of());
        int before = whole.nodes.size();
        Named named = node.with("value", value).as(value.dtype()).get();
        whole.constantNodes.add(whole.nodes.remove(before));
        return named.ofShape(Arrays.stream(value.shape()).boxed().toList());
    }

    /** A row of {@code int64}. */
    Named longs(long... values) {
        return whole().constants
                .computeIfAbsent(Arrays.stream(values).boxed().toList(), key -> constant(Torch.tensor(values)));
    }

    /** A number or flag as a tensor without dimensions. */
    Named scalar(Object value, DType dtype) {
        return whole().constants.computeIfAbsent(List.of(value, dtype), key -> constant(scalarTensor(value, dtype)));
    }

    private static Tensor scalarTensor(Object value, DType dtype) {
        Number number = value instanceof Boolean flag ? (Number) (flag ? 1 : 0) : (Number) value;
        return Torch.full(new long[0], number, TensorOptions.of(dtype));
    }

    // ---- the finished graph

    /** Whether a node of this graph makes the value, so that it can get another name. */
    boolean makes(String name) {
        return nodes.stream().anyMatch(node -> node.getOutputList().contains(name)) && !renamed.containsKey(name);
    }

    /** Gives a value that a node of this graph makes another name. */
    void rename(String name, String other) {
        renamed.put(name, other);
    }

    /** The nodes, into {@code graph}. */
    GraphProto.Builder write(GraphProto.Builder graph) {
        graph.addAllNode(constantNodes);
        nodes.forEach(node -> graph.addNode(renamed.isEmpty() ? node : Renaming.of(node, renamed)));
        return graph;
    }
}
