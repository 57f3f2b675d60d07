package org.torchbridge.graph;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/** Writes programs in TorchScript's notation. */
final class GraphPrinter {
    private final StringBuilder text = new StringBuilder();

    private GraphPrinter() {}

    static String text(Graph graph) {
        GraphPrinter printer = new GraphPrinter();
        printer.text.append("graph").append(declarations(graph.inputs())).append(":\n");
        printer.block(graph.body(), "  ");
        printer.text.append("  return ").append(names(graph.outputs())).append('\n');
        return printer.text.toString();
    }

    static String text(Node node) {
        GraphPrinter printer = new GraphPrinter();
        printer.node(node, "");
        return printer.text.toString().stripTrailing();
    }

    private void block(Block block, String indent) {
        block.nodes().forEach(node -> node(node, indent));
    }

    private void node(Node node, String indent) {
        text.append(indent);
        if (!node.outputs().isEmpty()) {
            text.append(typed(node.outputs())).append(" = ");
        }
        text.append(node.kind())
                .append(attributes(node.attributes()))
                .append(names(node.inputs()))
                .append(node.source().isEmpty() ? "" : " # " + node.source())
                .append('\n');
        int number = 0;
        for (Block block : node.blocks()) {
            text.append(indent)
                    .append("  block")
                    .append(number++)
                    .append(declarations(block.inputs()))
                    .append(":\n");
            block(block, indent + "    ");
            text.append(indent).append("    -> ").append(names(block.outputs())).append('\n');
        }
    }

    private static String declarations(List<Value> values) {
        return "(" + typed(values) + ")";
    }

    private static String typed(List<Value> values) {
        return values.stream().map(value -> value + " : " + value.type()).collect(Collectors.joining(", "));
    }

    private static String names(List<Value> values) {
        return values.stream().map(Value::toString).collect(Collectors.joining(", ", "(", ")"));
    }

    private static String attributes(Map<String, @Nullable Object> attributes) {
        return attributes.isEmpty()
                ? ""
                : attributes.entrySet().stream()
                        .map(each -> each.getKey() + "=" + literal(each.getValue()))
                        .collect(Collectors.joining(", ", "[", "]"));
    }

    static String literal(@Nullable Object value) {
        if (value instanceof String string) {
            return '"' + string.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
        }
        if (value instanceof Tensor tensor) {
            return tensor.numel() == 1 ? "{" + tensor.item() + "}" : "<Tensor>";
        }
        if (value instanceof List<?> list) {
            return list.stream().map(GraphPrinter::literal).collect(Collectors.joining(", ", "[", "]"));
        }
        String text = String.valueOf(value);
        return value instanceof Double && text.endsWith(".0") ? text.substring(0, text.length() - 1) : text;
    }
}
