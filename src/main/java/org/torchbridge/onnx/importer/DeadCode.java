package org.torchbridge.onnx.importer;

import java.util.List;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/** Takes out nodes whose outputs nobody uses: rules write what they may need, such as sizes. */
final class DeadCode {
    private DeadCode() {}

    static void remove(Graph graph) {
        remove(graph.body());
    }

    private static void remove(Block block) {
        List<Node> nodes = block.nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            node.blocks().forEach(DeadCode::remove);
            if (isPure(node) && node.outputs().stream().noneMatch(Value::isUsed)) {
                node.remove();
            }
        }
    }

    private static boolean isPure(Node node) {
        boolean inPlace = node.kind().endsWith("_") || node.is("aten::append") || node.is("prim::SetAttr");
        return !inPlace
                && !node.is("prim::RaiseException")
                && node.blocks().stream()
                        .flatMap(block -> block.nodes().stream())
                        .allMatch(DeadCode::isPure);
    }
}
