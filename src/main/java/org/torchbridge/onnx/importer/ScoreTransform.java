package org.torchbridge.onnx.importer;

import java.util.List;
import org.torchbridge.graph.Value;

/** What {@code post_transform} makes of the scores of a sample, which are along the last dimension. */
final class ScoreTransform {
    /** In the order of their numbers in version 5. */
    static final List<String> NAMES = List.of("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT");

    /** Scores closer to zero than this count as zero. */
    private static final double NEAR_ZERO = 1e-7;

    private ScoreTransform() {}

    static Value write(OnnxNode node, Conversion c, Value scores, String name) {
        return switch (name) {
            case "NONE" -> scores;
            case "LOGISTIC" -> c.op("aten::sigmoid", scores);
            case "SOFTMAX" -> c.op("aten::softmax", scores, -1L);
            case "SOFTMAX_ZERO" -> ofOthersThanZero(c, scores);
            case "PROBIT" -> c.op(
                    "aten::mul",
                    c.op("aten::erfinv", c.op("aten::sub", c.op("aten::mul", scores, 2.0), 1.0)),
                    Math.sqrt(2));
            default -> throw node.unsupported("post_transform " + name);
        };
    }

    /** Scores of zero stay zero. */
    private static Value ofOthersThanZero(Conversion c, Value scores) {
        Value zero = c.op("aten::lt", c.op("aten::abs", scores), NEAR_ZERO);
        Value others = c.op("aten::masked_fill", scores, zero, Double.NEGATIVE_INFINITY);
        return c.op("aten::nan_to_num", c.op("aten::softmax", others, -1L), 0.0, null, null);
    }
}
