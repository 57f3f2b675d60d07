package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/** Losses of classification. */
final class LossRules {
    private LossRules() {}

    static void register(Registry r) {
        r.rule("NegativeLogLikelihoodLoss", 12, (node, c) -> loss(node, c, node.tensor(0)));
        r.many("SoftmaxCrossEntropyLoss", 12, LossRules::crossEntropy);
    }

    private static List<@Nullable Value> crossEntropy(OnnxNode node, Conversion c) {
        Value logits = c.op("aten::log_softmax", node.tensor(0), 1L);
        List<@Nullable Value> outputs = new ArrayList<>(List.of(loss(node, c, logits)));
        if (node.wants(1)) {
            outputs.add(logits);
        }
        return outputs;
    }

    private static Value loss(OnnxNode node, Conversion c, Value logits) {
        long ignored = node.integer("ignore_index", -100);
        long reduction =
                switch (node.oneOf("reduction", "mean", "sum", "none")) {
                    case "mean" -> 1L;
                    case "sum" -> 2L;
                    default -> 0L;
                };
        // Weights of classes do not train: libtorch has no gradient for them.
        Value weight = node.has(2) ? c.op("aten::detach", node.buffer(2, "weight")) : null;
        Value target = c.cast(node.tensor(1), DType.INT64);
        return c.op("aten::nll_loss_nd", logits, target, weight, reduction, ignored);
    }
}
