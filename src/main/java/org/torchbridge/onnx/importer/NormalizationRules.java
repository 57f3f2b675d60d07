package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Value;

/** Normalisations and dropout, which in training do something else than in inference. */
final class NormalizationRules {
    private NormalizationRules() {}

    static void register(Registry r) {
        r.many("BatchNormalization", 7, NormalizationRules::batchNorm);
        r.many("Dropout", 7, NormalizationRules::dropout);
        r.limit("BatchNormalization", "statistics of single positions (`spatial` 0)");
        r.rule("InstanceNormalization", 1, NormalizationRules::instanceNorm);
    }

    static List<@Nullable Value> batchNorm(OnnxNode node, Conversion c) {
        double epsilon = node.real("epsilon", 1e-5);
        double momentum = 1 - node.real("momentum", 0.9);
        if (!node.flag("spatial", true)) {
            throw node.unsupported("spatial 0");
        }
        Value x = node.tensor(0);
        Value scale = node.weight(1, "weight");
        Value shift = node.weight(2, "bias");
        Value mean = node.buffer(3, "running_mean");
        Value variance = node.buffer(4, "running_var");
        boolean trains = node.flag("training_mode", false);
        boolean hasState = node.constantOrNull(3) != null;
        List<@Nullable Value> results = new ArrayList<>();
        if (trains && node.wants(1)) {
            results.addAll(running(c, x, mean, variance, momentum));
        }
        if (trains && !hasState) {
            results.add(0, c.op("aten::batch_norm", x, scale, shift, null, null, true, momentum, epsilon, true));
            return results;
        }
        if (trains) {
            c.startInTraining();
        }
        Object training = hasState ? c.training() : (Object) false;
        results.add(0, c.op("aten::batch_norm", x, scale, shift, mean, variance, training, momentum, epsilon, true));
        return results;
    }

    /** The running statistics with this batch. Those that the model has change too, after they were read here. */
    private static List<Value> running(Conversion c, Value x, Value mean, Value variance, double momentum) {
        Value channels = c.op("aten::flatten", c.op("aten::transpose", x, 0L, 1L), 1L, -1L);
        Value batchMean = c.op("aten::mean", channels, new long[] {1}, false);
        Value batchVariance = c.op("aten::var", channels, new long[] {1}, false, false);
        return List.of(
                c.op("aten::lerp", mean, batchMean, momentum), c.op("aten::lerp", variance, batchVariance, momentum));
    }

    static List<@Nullable Value> dropout(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        node.ignore("seed");
        Object ratio = ratio(node, c);
        Object training = training(node, c);
        if (!node.wants(1)) {
            return List.of(c.op("aten::dropout", x, ratio, training));
        }
        return new ArrayList<>(c.ops("aten::native_dropout", x, ratio, training));
    }

    private static Object ratio(OnnxNode node, Conversion c) {
        double attribute = node.real("ratio", 0.5);
        if (!node.has(1)) {
            return attribute;
        }
        Tensor known = node.constantOrNull(1);
        return known == null ? c.op("aten::Float", node.tensor(1)) : (Object) known.toDouble();
    }

    /** A model that says nothing, or that it is not training, trains when the module does. */
    private static Object training(OnnxNode node, Conversion c) {
        if (!node.has(2)) {
            return c.training();
        }
        Tensor known = node.constantOrNull(2);
        if (known == null) {
            return node.condition(2);
        }
        if (known.toBoolean()) {
            c.startInTraining();
        }
        return c.training();
    }

    private static Value instanceNorm(OnnxNode node, Conversion c) {
        double epsilon = node.real("epsilon", 1e-5);
        // ONNX has no form without weights: exporters write ones and zeros.
        boolean plain = node.isFilled(1, 1) && node.isFilled(2, 0);
        return c.op(
                "aten::instance_norm",
                node.tensor(0),
                plain ? null : node.weight(1, "weight"),
                plain ? null : node.weight(2, "bias"),
                null,
                null,
                true,
                0.1,
                epsilon,
                true);
    }
}
