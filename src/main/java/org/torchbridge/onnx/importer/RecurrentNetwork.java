package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * One {@code RNN}, {@code GRU} or {@code LSTM}: takes the node apart and writes each direction. ONNX's gates are those of
 * <a href="https://onnx.ai/onnx/operators/onnx__LSTM.html">the specification</a>, in the order i, o, f, c (LSTM) and z, r, h
 * (GRU).
 */
final class RecurrentNetwork {
    private final OnnxNode node;
    private final Conversion c;
    private final int gates;
    private final long hidden;
    private final boolean batchFirst;
    private final String direction;
    private final List<String> activations;
    private final List<Double> alphas;
    private final List<Double> betas;
    private final double clip;
    private final boolean coupled;
    private final boolean linearBeforeReset;
    private final Value x;
    private final Value weight;
    private final Value recurrent;
    private final @Nullable Value bias;
    private final @Nullable Value lengths;
    private final @Nullable Value peepholes;
    private final Value[] start = new Value[2];

    RecurrentNetwork(OnnxNode node, Conversion c, int gates) {
        this.node = node;
        this.c = c;
        this.gates = gates;
        this.hidden = node.integer("hidden_size", hiddenSize(node));
        this.batchFirst = node.flag("layout", false);
        this.direction = node.text("direction", "forward");
        this.activations = names(node.texts("activations"), gates);
        this.alphas = orNone(node.reals("activation_alpha"));
        this.betas = orNone(node.reals("activation_beta"));
        this.clip = node.real("clip", 0);
        this.coupled = gates == 4 && node.flag("input_forget", false);
        this.linearBeforeReset = gates == 3 && node.flag("linear_before_reset", false);
        node.ignore("output_sequence");
        Value given = node.tensor(0);
        this.x = batchFirst ? c.op("aten::transpose", given, 0L, 1L) : given;
        this.weight = node.weight(1, "weight_ih");
        this.recurrent = node.weight(2, "weight_hh");
        this.bias = node.weightOrNull(3, "bias");
        this.lengths = node.tensorOrNull(4);
        for (int i = 0; i < (gates == 4 ? 2 : 1); i++) {
            start[i] = initial(node.tensorOrNull(5 + i));
        }
        this.peepholes = gates == 4 ? node.weightOrNull(7, "weight_peephole") : null;
    }

    private static long hiddenSize(OnnxNode node) {
        List<@Nullable Long> shape = node.shape(2);
        Long size = shape == null || shape.isEmpty() ? null : shape.get(shape.size() - 1);
        return size == null ? 0 : size;
    }

    private static List<String> names(@Nullable List<String> names, int gates) {
        return names == null
                ? usualActivations(gates)
                : names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }

    private static List<Double> orNone(@Nullable List<Double> numbers) {
        return numbers == null ? List.of() : numbers;
    }

    private Value initial(@Nullable Value given) {
        if (given != null) {
            return batchFirst ? c.op("aten::transpose", given, 0L, 1L) : given;
        }
        return c.op(
                "aten::zeros", c.list(List.of((long) directions(), c.size(x, 1), hidden)), dtype(), null, c.device());
    }

    private DType dtype() {
        DType dtype = node.dtype(0);
        return dtype == null ? DType.FLOAT32 : dtype;
    }

    /** The outputs Y, Y_h and, of an LSTM, Y_c. */
    List<@Nullable Value> write() {
        List<Value> outputs = isUsual() ? usual() : stepwise();
        return new ArrayList<>(batchFirst ? batchFirst(outputs) : outputs);
    }

    /** With lengths it shows when the program runs whether all sequences are as long as there are times. */
    private List<Value> usual() {
        if (lengths == null) {
            return fused();
        }
        Value areWhole = c.op("aten::Bool", c.op("aten::all", c.op("aten::ge", lengths, c.size(x, 0))));
        return c.ifElse(areWhole, this::fused, this::stepwise);
    }

    private boolean isBoth() {
        return direction.equals("bidirectional");
    }

    private boolean isReverse() {
        return direction.equals("reverse");
    }

    private int directions() {
        return isBoth() ? 2 : 1;
    }

    private List<Value> stepwise() {
        List<List<Value>> parts = new ArrayList<>();
        for (int i = 0; i < directions(); i++) {
            parts.add(stepwise(i, isReverse() || i == 1));
        }
        List<Value> outputs = new ArrayList<>();
        outputs.add(stack(parts, 0, 1));
        for (int i = 1; i < parts.get(0).size(); i++) {
            outputs.add(stack(parts, i, 0));
        }
        return outputs;
    }

    private Value stack(List<List<Value>> parts, int output, long dim) {
        return c.op(
                "aten::stack",
                c.list(parts.stream().map(part -> part.get(output)).toList()),
                dim);
    }

    private List<Value> batchFirst(List<Value> outputs) {
        List<Value> turned = new ArrayList<>();
        turned.add(c.op("aten::permute", outputs.get(0), new long[] {2, 0, 1, 3}));
        outputs.subList(1, outputs.size()).forEach(each -> turned.add(c.op("aten::transpose", each, 0L, 1L)));
        return turned;
    }

    // ---- libtorch's own networks

    private boolean isUsual() {
        return peepholes == null && clip == 0 && !coupled && (gates != 3 || linearBeforeReset) && hasUsualActivations();
    }

    /** Those of libtorch's networks, and the same ones in both directions. */
    private boolean hasUsualActivations() {
        List<String> names = ofDirection(activations, 0);
        return names.equals(ofDirection(activations, directions() - 1))
                && (names.equals(usualActivations(gates)) || names.equals(List.of("relu")));
    }

    private List<Value> fused() {
        Object states = gates == 4 ? c.list(List.of(start[0], start[1])) : start[0];
        List<Value> results = new ArrayList<>(c.ops(
                kind(),
                isReverse() ? flipped(x) : x,
                states,
                c.list(weights()),
                bias != null,
                1L,
                0.0,
                c.training(),
                isBoth(),
                false));
        results.set(0, apart(isReverse() ? flipped(results.get(0)) : results.get(0)));
        return results;
    }

    private Value flipped(Value sequence) {
        return c.op("aten::flip", sequence, new long[] {0});
    }

    private String kind() {
        return switch (gates) {
            case 4 -> "aten::lstm";
            case 3 -> "aten::gru";
            default -> "aten::rnn_" + activations.get(0);
        };
    }

    private List<Value> weights() {
        List<Value> weights = new ArrayList<>();
        for (int i = 0; i < directions(); i++) {
            weights.add(inTorchOrder(of(weight, i)));
            weights.add(inTorchOrder(of(recurrent, i)));
            if (bias != null) {
                Value both = of(bias, i);
                weights.add(inTorchOrder(slice(both, 0, gates)));
                weights.add(inTorchOrder(slice(both, gates, 2 * gates)));
            }
        }
        return weights;
    }

    /** From an output with the directions behind each other to one with a dimension of directions. */
    private Value apart(Value output) {
        if (!isBoth()) {
            return c.op("aten::unsqueeze", output, 1L);
        }
        Value split = c.op("aten::unflatten", output, 2L, new long[] {2, hidden});
        return c.op("aten::permute", split, new long[] {0, 2, 1, 3});
    }

    private Value of(Value all, int index) {
        return c.op("aten::select", all, 0L, (long) index);
    }

    private Value slice(Value rows, long from, long to) {
        return c.op("aten::slice", rows, 0L, from * hidden, to * hidden, 1L);
    }

    /** From ONNX's order of gates to libtorch's: i, f, c, o and r, z, h. */
    private Value inTorchOrder(Value rows) {
        int[] order = gates == 4 ? new int[] {0, 2, 3, 1} : new int[] {1, 0, 2};
        if (gates == 1) {
            return rows;
        }
        return c.op(
                "aten::cat",
                c.list(Arrays.stream(order)
                        .mapToObj(gate -> slice(rows, gate, gate + 1))
                        .toList()),
                0L);
    }

    // ---- step by step

    /** One direction's output at each time and its last states, each without the dimension of directions. */
    private List<Value> stepwise(int index, boolean backwards) {
        RecurrentCell cell = new RecurrentCell(
                c, gates, hidden, ofDirection(Activations.of(node, c, activations, alphas, betas), index));
        cell.clip = clip;
        cell.coupled = coupled;
        cell.linearBeforeReset = linearBeforeReset;
        cell.recurrent = of(recurrent, index);
        if (bias != null) {
            Value both = of(bias, index);
            cell.inputBias = slice(both, 0, gates);
            cell.recurrentBias = slice(both, gates, 2 * gates);
        }
        cell.peepholes = peepholes == null ? null : of(peepholes, index);
        Value projected = c.op("aten::linear", backwards ? mirrored(x) : x, of(weight, index), cell.inputBias);
        List<Value> carried = new ArrayList<>(List.of(c.list(Type.TENSOR, List.of()), of(start[0], index)));
        if (gates == 4) {
            carried.add(of(start[1], index));
        }
        List<Value> results = c.loop(c.size(x, 0), true, carried, turn -> turn(cell, projected, turn));
        List<Value> outputs = new ArrayList<>(results);
        Value output = c.op("aten::stack", results.get(0), 0L);
        outputs.set(0, backwards ? mirrored(output) : output);
        return outputs;
    }

    private Value mirrored(Value sequence) {
        return lengths == null ? flipped(sequence) : RecurrentRules.reversed(c, sequence, lengths);
    }

    /** The number of the turn, the outputs so far and the states; gives whether to go on, and what is carried on. */
    private List<Value> turn(RecurrentCell cell, Value projected, List<Value> turn) {
        Value time = turn.get(0);
        List<Value> before = turn.subList(2, turn.size());
        List<Value> after = cell.step(c.op("aten::select", projected, 0L, time), before);
        Value output = after.get(0);
        if (lengths != null) {
            Value inside = c.op("aten::unsqueeze", c.op("aten::lt", time(time), lengths), 1L);
            output = c.op("aten::mul", output, inside);
            List<Value> kept = new ArrayList<>();
            for (int i = 0; i < after.size(); i++) {
                kept.add(c.op("aten::where", inside, after.get(i), before.get(i)));
            }
            after = kept;
        }
        Value so = c.op("aten::add", turn.get(1), c.list(Type.TENSOR, List.of(output)));
        List<Value> next = new ArrayList<>(List.of(c.constant(true), so));
        next.addAll(after);
        return next;
    }

    private Value time(Value time) {
        return c.op("aten::full_like", lengths, time);
    }

    // ---- activations

    private static List<String> usualActivations(int gates) {
        return gates == 1
                ? List.of("tanh")
                : gates == 3 ? List.of("sigmoid", "tanh") : List.of("sigmoid", "tanh", "tanh");
    }

    /** Those of one direction; both share them if there are no more. */
    private <T> List<T> ofDirection(List<T> all, int index) {
        int each = gates == 1 ? 1 : gates - 1;
        int from = Math.min(index * each, all.size() - each);
        if (from < 0) {
            throw node.broken("has " + all.size() + " activations where " + each + " are needed");
        }
        return all.subList(from, from + each);
    }
}
