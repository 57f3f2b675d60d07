package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.torchbridge.UnsupportedOperatorException;
import org.torchbridge.UnsupportedOperatorException.Use;
import org.torchbridge.onnx.OnnxModel;

/** Collects what is not supported, so that it can be told all at once. */
final class Unsupported {
    private record What(String operator, String reason) {}

    private final Map<What, List<String>> found = new LinkedHashMap<>();

    void add(OnnxNode node, String reason) {
        String domain = OnnxModel.domain(node.domain());
        String operator = (domain.isEmpty() ? "" : domain + ".") + node.operator() + "-" + node.version();
        found.computeIfAbsent(new What(operator, reason), key -> new ArrayList<>())
                .add(node.place());
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** @throws UnsupportedOperatorException if anything was collected */
    void check(String model) {
        if (!found.isEmpty()) {
            List<Use> uses = found.entrySet().stream()
                    .map(entry ->
                            new Use(entry.getKey().operator(), entry.getKey().reason(), entry.getValue()))
                    .toList();
            throw new UnsupportedOperatorException(model, uses);
        }
    }
}
