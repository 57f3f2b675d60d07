package org.torchbridge.onnx.exporter;

import java.util.Map;
import org.torchbridge.onnx.proto.AttributeProto;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.NodeProto;
import org.torchbridge.onnx.proto.ValueInfoProto;

/** Other names for values, in nodes and the graphs within them. */
final class Renaming {
    private Renaming() {}

    static NodeProto of(NodeProto node, Map<String, String> names) {
        NodeProto.Builder renamed = node.toBuilder();
        for (int i = 0; i < node.getInputCount(); i++) {
            renamed.setInput(i, names.getOrDefault(node.getInput(i), node.getInput(i)));
        }
        for (int i = 0; i < node.getOutputCount(); i++) {
            renamed.setOutput(i, names.getOrDefault(node.getOutput(i), node.getOutput(i)));
        }
        for (int i = 0; i < node.getAttributeCount(); i++) {
            AttributeProto attribute = node.getAttribute(i);
            if (attribute.hasG()) {
                renamed.setAttribute(i, attribute.toBuilder().setG(of(attribute.getG(), names)));
            }
        }
        return renamed.build();
    }

    private static GraphProto of(GraphProto graph, Map<String, String> names) {
        GraphProto.Builder renamed = graph.toBuilder().clearNode();
        graph.getNodeList().forEach(node -> renamed.addNode(of(node, names)));
        for (int i = 0; i < graph.getOutputCount(); i++) {
            ValueInfoProto output = graph.getOutput(i);
            renamed.setOutput(i, output.toBuilder().setName(names.getOrDefault(output.getName(), output.getName())));
        }
        return renamed.build();
    }
}
