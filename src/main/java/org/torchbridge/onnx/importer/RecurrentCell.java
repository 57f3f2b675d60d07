package org.torchbridge.onnx.importer;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Value;

/** One step in time of an {@code RNN}, {@code GRU} or {@code LSTM} in one direction, with all that ONNX allows. */
final class RecurrentCell {
    private final Conversion c;
    private final int gates;
    private final long hidden;
    private final List<UnaryOperator<Value>> activations;

    double clip;
    boolean coupled;
    boolean linearBeforeReset;
    Value recurrent;

    @Nullable
    Value inputBias;

    @Nullable
    Value recurrentBias;

    @Nullable
    Value peepholes;

    RecurrentCell(Conversion c, int gates, long hidden, List<UnaryOperator<Value>> activations) {
        this.c = c;
        this.gates = gates;
        this.hidden = hidden;
        this.activations = activations;
    }

    /** From the projected input and the states before to the states after, of which the first is the output. */
    List<Value> step(Value input, List<Value> states) {
        Value h = states.get(0);
        return switch (gates) {
            case 1 -> List.of(apply(0, add(input, c.op("aten::linear", h, recurrent, recurrentBias))));
            case 3 -> List.of(gru(input, h));
            default -> lstm(add(input, c.op("aten::linear", h, recurrent, recurrentBias)), states.get(1));
        };
    }

    private List<Value> lstm(Value sums, Value cell) {
        Value in = apply(0, peep(gate(sums, 0), 0, cell));
        Value forget = coupled ? c.op("aten::rsub", in, 1L) : apply(0, peep(gate(sums, 2), 2, cell));
        Value candidate = apply(1, gate(sums, 3));
        Value next = add(c.op("aten::mul", forget, cell), c.op("aten::mul", in, candidate));
        Value out = apply(0, peep(gate(sums, 1), 1, next));
        return List.of(c.op("aten::mul", out, activations.get(2).apply(next)), next);
    }

    private Value gru(Value input, Value h) {
        Value gateWeight = c.op("aten::slice", recurrent, 0L, 0L, 2 * hidden, 1L);
        Value newWeight = c.op("aten::slice", recurrent, 0L, 2 * hidden, 3 * hidden, 1L);
        Value gateBias = recurrentBias == null ? null : c.op("aten::slice", recurrentBias, 0L, 0L, 2 * hidden, 1L);
        Value newBias =
                recurrentBias == null ? null : c.op("aten::slice", recurrentBias, 0L, 2 * hidden, 3 * hidden, 1L);
        Value sums =
                add(c.op("aten::slice", input, 1L, 0L, 2 * hidden, 1L), c.op("aten::linear", h, gateWeight, gateBias));
        Value update = apply(0, gate(sums, 0));
        Value reset = apply(0, gate(sums, 1));
        Value from = linearBeforeReset
                ? c.op("aten::mul", reset, c.op("aten::linear", h, newWeight, newBias))
                : c.op("aten::linear", c.op("aten::mul", reset, h), newWeight, newBias);
        Value candidate = apply(1, add(gate(input, 2), from));
        Value kept = c.op("aten::mul", update, h);
        return add(c.op("aten::mul", c.op("aten::rsub", update, 1L), candidate), kept);
    }

    private Value gate(Value sums, int index) {
        return c.op("aten::slice", sums, 1L, index * hidden, (index + 1) * hidden, 1L);
    }

    private Value peep(Value gate, int index, Value cell) {
        if (peepholes == null) {
            return gate;
        }
        Value weight = c.op("aten::slice", peepholes, 0L, index * hidden, (index + 1) * hidden, 1L);
        return add(gate, c.op("aten::mul", weight, cell));
    }

    private Value add(Value a, Value b) {
        return c.op("aten::add", a, b);
    }

    private Value apply(int index, Value x) {
        Value clipped = clip > 0 ? c.op("aten::clamp", x, -clip, clip) : x;
        return activations.get(index).apply(clipped);
    }
}
