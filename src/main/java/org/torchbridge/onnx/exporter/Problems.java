package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.torchbridge.UnsupportedOperatorException;
import org.torchbridge.UnsupportedOperatorException.Use;
import org.torchbridge.graph.Node;

/** Collects what cannot be exported, so that it can be told all at once. */
final class Problems {
    private record What(String operator, String reason) {}

    private final Map<What, List<String>> found = new LinkedHashMap<>();

    void add(Node node, String reason) {
        found.computeIfAbsent(new What(node.kind(), reason), key -> new ArrayList<>())
                .add(place(node));
    }

    /** Where a person finds the node: the module, and the line that made it. */
    static String place(Node node) {
        if (node.source().isEmpty()) {
            return node.scope().isEmpty() ? "outermost module" : node.scope();
        }
        return node.scope().isEmpty() ? node.source() : node.scope() + " at " + node.source();
    }

    /** @throws UnsupportedOperatorException if anything was collected */
    void check(String program) {
        if (!found.isEmpty()) {
            List<Use> uses = new ArrayList<>();
            found.forEach((what, places) -> uses.add(new Use(what.operator(), what.reason(), places)));
            throw new UnsupportedOperatorException(program, uses);
        }
    }
}
