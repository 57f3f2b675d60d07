package org.torchbridge.onnx.importer;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Torch;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * The labels of a classifier's classes.
 *
 * @param numbers if they are whole numbers
 * @param texts if they are strings
 */
record Classes(long @Nullable [] numbers, @Nullable List<String> texts) {
    /** @param integers the attribute of labels that are whole numbers */
    static Classes of(OnnxNode node, String integers) {
        long[] numbers = node.integers(integers);
        List<String> texts = node.texts("classlabels_strings");
        boolean named = texts != null && !texts.isEmpty();
        if (!named && numbers == null) {
            throw node.broken("has no labels for its classes");
        }
        return named ? new Classes(null, texts) : new Classes(numbers, null);
    }

    int size() {
        return texts != null ? texts.size() : numbers.length;
    }

    /** The labels of a row of classes' numbers. */
    Value labels(Conversion c, Value places) {
        if (texts == null) {
            return c.op("aten::index_select", Torch.tensor(numbers), 0L, places);
        }
        Value names = c.list(Type.STRING, texts);
        Value labels = c.loop(c.op("aten::numel", places), true, List.of(c.list(Type.STRING, List.of())), turn -> {
                    Value place = c.op("aten::Int", c.op("aten::select", places, 0L, turn.get(0)));
                    Value label = c.list(Type.STRING, List.of(c.op("aten::__getitem__", names, place)));
                    return List.of(c.constant(true), c.op("aten::add", turn.get(1), label));
                })
                .get(0);
        return c.texts(labels, Arrays.asList((Long) null));
    }

    /** The labels of the highest scores, and the scores after a transform. */
    List<@Nullable Value> ofHighest(OnnxNode node, Conversion c, Value scores, String transform) {
        return List.of(
                labels(c, c.op("aten::argmax", scores, -1L, false)), ScoreTransform.write(node, c, scores, transform));
    }

    /**
     * Of two classes, where there are only scores of the second. Shares are of one in all; other scores decide by their sign. The
     * specification says nothing of it; this is what ONNX Runtime does with trees.
     */
    List<@Nullable Value> ofOne(OnnxNode node, Conversion c, Value score, boolean shares, String transform) {
        if (transform.equals("PROBIT")) {
            throw node.unsupported("post_transform PROBIT of a single score");
        }
        Value second = c.cast(c.op("aten::gt", score, shares ? 0.5 : 0.0), DType.INT64);
        Value other = shares ? c.op("aten::rsub", score, 1.0) : c.op("aten::neg", score);
        Value both = c.op("aten::stack", c.list(List.of(other, score)), 1L);
        boolean squashed = transform.equals("LOGISTIC") && !shares;
        return List.of(labels(c, second), squashed ? c.op("aten::sigmoid", both) : both);
    }
}
