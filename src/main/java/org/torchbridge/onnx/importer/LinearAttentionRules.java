package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Attention whose keys and values are gathered in one matrix, from step to step: {@code state = exp(decay) * state + key
 * outer value}, and {@code result = scale * query @ state}. A rule with a correction writes {@code beta * (value - key @ state)}
 * in place of the value.
 */
final class LinearAttentionRules {
    private LinearAttentionRules() {}

    static void register(Registry r) {
        r.many("LinearAttention", 27, LinearAttentionRules::linear);
    }

    private static List<@Nullable Value> linear(OnnxNode node, Conversion c) {
        node.ignore("chunk_size");
        long heads = node.integer("q_num_heads");
        long own = node.integer("kv_num_heads");
        DType dtype = AttentionRules.dtype(node.tensor(0));
        Value q = steps(c, node.tensor(0), heads);
        Value k = steps(c, node.tensor(1), own);
        Value v = steps(c, node.tensor(2), own);
        Value decay = rule(node).startsWith("gated") ? steps(c, node.tensor(4), own) : null;
        Value beta = rule(node).endsWith("delta") ? steps(c, node.tensor(5), -1) : null;
        Value past = node.tensorOrNull(3);
        Value none = c.list(Type.TENSOR, List.of());
        List<Value> last =
                c.loop(c.size(q, 1), true, List.of(past == null ? zeros(c, k, v) : single(c, past), none), turn -> {
                    Value state = step(c, turn, k, v, decay, beta);
                    Value read = c.op("aten::matmul", row(c, q, turn), grouped(c, state, heads / own));
                    Value one = c.list(Type.TENSOR, List.of(c.op("aten::squeeze", read, -2L)));
                    return List.of(c.constant(true), state, c.op("aten::add", turn.get(2), one));
                });
        Value y = c.op("aten::mul", c.op("aten::stack", last.get(1), 1L), scale(node, c, q));
        DType kept = past == null ? dtype : AttentionRules.dtype(past);
        return Arrays.asList(c.cast(c.op("aten::flatten", y, 2L, 3L), dtype), c.cast(last.get(0), kept));
    }

    private static String rule(OnnxNode node) {
        String rule = node.text("update_rule", "gated_delta");
        if (!List.of("linear", "gated", "delta", "gated_delta").contains(rule)) {
            throw node.unsupported("update_rule " + rule);
        }
        return rule;
    }

    /** The state after a step, (batch, heads, keys, values). */
    private static Value step(
            Conversion c, List<Value> turn, Value k, Value v, @Nullable Value decay, @Nullable Value beta) {
        Value state = turn.get(1);
        if (decay != null) {
            Value kept = c.op("aten::exp", c.op("aten::select", decay, 1L, turn.get(0)));
            state = c.op("aten::mul", state, c.op("aten::unsqueeze", kept, -1L));
        }
        Value key = row(c, k, turn);
        Value value = row(c, v, turn);
        if (beta != null) {
            Value left = c.op("aten::sub", value, c.op("aten::matmul", key, state));
            value = c.op("aten::mul", c.op("aten::unsqueeze", c.op("aten::select", beta, 1L, turn.get(0)), -1L), left);
        }
        Value outer = c.op("aten::matmul", c.op("aten::transpose", key, -1L, -2L), value);
        return c.known(c.op("aten::add", state, outer), DType.FLOAT32, 4);
    }

    /** A step of every head, (batch, heads, 1, size). */
    private static Value row(Conversion c, Value x, List<Value> turn) {
        return c.op("aten::unsqueeze", c.op("aten::select", x, 1L, turn.get(0)), -2L);
    }

    /** From (batch, steps, heads * size) to (batch, steps, heads, size); without heads, each number is a head's. */
    private static Value steps(Conversion c, Value x, long heads) {
        Object size = heads < 0 ? 1L : (Object) (-1L);
        return c.op("aten::reshape", single(c, x), c.list(List.of(c.size(x, 0), c.size(x, 1), heads, size)));
    }

    /** No state yet, (batch, heads, keys, values). */
    private static Value zeros(Conversion c, Value k, Value v) {
        List<Object> sizes = new ArrayList<>(List.of(c.size(k, 0), c.size(k, 2), c.size(k, 3), c.size(v, 3)));
        return c.known(c.op("aten::zeros", c.list(sizes), DType.FLOAT32, null, c.device()), DType.FLOAT32, 4);
    }

    private static Value single(Conversion c, Value x) {
        return c.cast(x, DType.FLOAT32);
    }

    private static Value grouped(Conversion c, Value state, long times) {
        return times == 1 ? state : c.op("aten::repeat_interleave", state, times, 1L, null);
    }

    private static Object scale(OnnxNode node, Conversion c, Value q) {
        double scale = node.real("scale", 0);
        return scale != 0 ? scale : AttentionWeights.scaled(null).factor(c, q);
    }
}
