package org.torchbridge.onnx.exporter;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.onnx.TensorWriter;
import org.torchbridge.onnx.exporter.Item.Named;
import org.torchbridge.onnx.proto.AttributeProto;
import org.torchbridge.onnx.proto.AttributeProto.AttributeType;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.NodeProto;

/** Writes one node: its inputs, then attributes, then {@link #get} or {@link #many}. */
final class NodeWriter {
    private final OnnxGraph graph;
    private final String name;
    private final NodeProto.Builder node;
    private @Nullable DType dtype;

    /** @param scope the path of the module, as node names have it: {@code /layer1/0} */
    NodeWriter(OnnxGraph graph, String operator, String scope, List<@Nullable Named> inputs) {
        this.graph = graph;
        this.name = graph.unique(scope + "/" + operator);
        this.node = NodeProto.newBuilder().setOpType(operator).setName(name);
        int last = inputs.size();
        while (last > 0 && inputs.get(last - 1) == null) {
            last--;
        }
        for (Named input : inputs.subList(0, last)) {
            node.addInput(input == null ? "" : input.name());
            dtype = dtype == null && input != null ? input.dtype() : dtype;
        }
    }

    /** Says that the result is of another type than the first input. */
    NodeWriter as(@Nullable DType type) {
        dtype = type;
        return this;
    }

    NodeWriter domain(String domain) {
        graph.useDomain(domain);
        node.setDomain(domain);
        return this;
    }

    // ---- attributes

    NodeWriter with(String key, long value) {
        return add(attribute(key, AttributeType.INT).setI(value));
    }

    NodeWriter with(String key, boolean value) {
        return with(key, value ? 1L : 0L);
    }

    NodeWriter with(String key, double value) {
        return add(attribute(key, AttributeType.FLOAT).setF((float) value));
    }

    NodeWriter with(String key, String value) {
        return add(attribute(key, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)));
    }

    NodeWriter with(String key, long... values) {
        AttributeProto.Builder attribute = attribute(key, AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return add(attribute);
    }

    NodeWriter with(String key, List<String> values) {
        AttributeProto.Builder attribute = attribute(key, AttributeType.STRINGS);
        values.forEach(value -> attribute.addStrings(ByteString.copyFromUtf8(value)));
        return add(attribute);
    }

    NodeWriter with(String key, Tensor value) {
        return add(attribute(key, AttributeType.TENSOR).setT(TensorWriter.write("", value)));
    }

    NodeWriter with(String key, DType value) {
        return with(key, OnnxGraph.code(value));
    }

    NodeWriter with(String key, GraphProto value) {
        return add(attribute(key, AttributeType.GRAPH).setG(value));
    }

    private static AttributeProto.Builder attribute(String key, AttributeType type) {
        return AttributeProto.newBuilder().setName(key).setType(type);
    }

    private NodeWriter add(AttributeProto.Builder attribute) {
        node.addAttribute(attribute);
        return this;
    }

    // ---- results

    /** The only result. */
    Named get() {
        return many(1).get(0);
    }

    /** The first {@code count} results, all said to be of one type. */
    List<Named> many(int count) {
        List<Named> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String output = name + "_output_" + i;
            node.addOutput(output);
            results.add(new Named(output, dtype, null));
        }
        graph.add(node.build());
        return results;
    }
}
