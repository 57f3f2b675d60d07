package org.torchbridge.onnx.importer;

import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;

/** Random numbers, from libtorch's default generator: a node's own seed is not one that libtorch could keep. */
final class RandomRules {
    private RandomRules() {}

    static void register(Registry r) {
        r.rule("RandomNormal", 1, (node, c) -> normal(node, c, fresh(node, c)));
        r.rule("RandomNormalLike", 1, (node, c) -> normal(node, c, like(node, c)));
        r.rule("RandomUniform", 1, (node, c) -> uniform(node, c, fresh(node, c)));
        r.rule("RandomUniformLike", 1, (node, c) -> uniform(node, c, like(node, c)));
        r.rule("Bernoulli", 15, RandomRules::bernoulli);
        r.rule("Multinomial", 7, RandomRules::multinomial);
    }

    private static Value fresh(OnnxNode node, Conversion c) {
        node.ignore("seed");
        DType dtype = node.elementAttribute("dtype", ElementType.FLOAT).carrier();
        return c.op("aten::empty", node.integers("shape"), dtype, null, c.device());
    }

    private static Value like(OnnxNode node, Conversion c) {
        node.ignore("seed");
        return c.op("aten::empty_like", node.tensor(0), type(node, node.dtype(0)));
    }

    private static @Nullable DType type(OnnxNode node, @Nullable DType otherwise) {
        return node.hasAttribute("dtype")
                ? node.elementAttribute("dtype", ElementType.FLOAT).carrier()
                : otherwise;
    }

    private static Value normal(OnnxNode node, Conversion c, Value empty) {
        Value drawn = c.op("aten::randn_like", empty);
        return c.op("aten::add", c.op("aten::mul", drawn, node.real("scale", 1)), node.real("mean", 0));
    }

    private static Value uniform(OnnxNode node, Conversion c, Value empty) {
        double low = node.real("low", 0);
        double high = node.real("high", 1);
        return c.op("aten::add", c.op("aten::mul", c.op("aten::rand_like", empty), high - low), low);
    }

    private static Value bernoulli(OnnxNode node, Conversion c) {
        node.ignore("seed");
        DType dtype = type(node, node.dtype(0));
        Value drawn = c.op("aten::bernoulli", node.tensor(0));
        return dtype == null ? drawn : c.cast(drawn, dtype);
    }

    /** The input is logarithms of unnormalised probabilities. */
    private static Value multinomial(OnnxNode node, Conversion c) {
        node.ignore("seed");
        long samples = node.integer("sample_size", 1);
        DType dtype = node.elementAttribute("dtype", ElementType.INT32).carrier();
        Value probabilities = c.op("aten::softmax", node.tensor(0), 1L);
        return c.cast(c.op("aten::multinomial", probabilities, samples, true), dtype == null ? DType.INT32 : dtype);
    }
}
