package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Named;

/**
 * One direction of an LSTM layer whose hidden state is a projection of what its cells give, which ONNX's {@code LSTM} does not have.
 * The recurrent weight is the product of the layer's with the projection, so that the cells' own values can be carried
 * on; the first hidden state, which is a projection of none, comes with the input of the first step.
 *
 * @param input the weights, gates in ONNX's order, without a dimension for directions
 * @param biases of both products, one behind the other, as ONNX has them; null if there are none
 * @param lengths of the sequences; null if all are as long
 */
record ProjectedLstm(
        Named input,
        Named recurrent,
        Named projection,
        @Nullable Named biases,
        @Nullable Named lengths,
        boolean reverse) {
    /**
     * The sequence {@code (time, batch, projection)}, the last hidden state, and the last state of the cells.
     *
     * @param x {@code (time, batch, features)}
     * @param hidden the first hidden state, {@code (1, batch, projection)}
     * @param cells the first state of the cells
     */
    List<Named> write(Call c, Named x, Named hidden, Named cells) {
        Named fed = joined(c, x, first(c, x, hidden), 2);
        List<@Nullable Named> inputs = new ArrayList<>(Arrays.asList(
                fed,
                LayoutRules.unsqueeze(c, joined(c, input, recurrent, 1).ofRank(2), 0),
                LayoutRules.unsqueeze(c, c.op("MatMul", recurrent, projection).ofRank(2), 0),
                biases,
                lengths,
                null,
                cells));
        List<Named> results = c.node("LSTM", inputs)
                .with("hidden_size", projection.shape().get(1))
                .with("direction", reverse ? "reverse" : "forward")
                .many(3);
        Named turned = c.node("Transpose", projection).with("perm", 1, 0).get();
        Named sequence = c.op("Squeeze", results.get(0), c.longs(1));
        return List.of(
                c.op("MatMul", sequence, turned).ofRank(3), c.op("MatMul", results.get(1), turned), results.get(2));
    }

    private static Named joined(Call c, Named one, Named other, int axis) {
        return c.node("Concat", one, other).with("axis", axis).get();
    }

    /** The first hidden state at its time, and zeros at all others. */
    private Named first(Call c, Named x, Named hidden) {
        Named times = c.op("Range", c.scalar(0L), c.named(c.size(x, 0)), c.scalar(1L));
        Named column = c.op("Reshape", times, c.longs(-1, 1, 1));
        Named now = c.node("Equal", column, start(c, x)).as(DType.BOOL).get();
        return c.node("Where", now, hidden, c.scalar(0.0, c.dtype(x)))
                .as(x.dtype())
                .get();
    }

    private Named start(Call c, Named x) {
        if (!reverse) {
            return c.scalar(0L);
        } else if (lengths == null) {
            return c.op("Sub", c.named(c.size(x, 0)), c.scalar(1L));
        }
        return c.op("Reshape", c.op("Sub", c.cast(lengths, DType.INT64), c.scalar(1L)), c.longs(1, -1, 1));
    }
}
