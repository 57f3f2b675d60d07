package org.torchbridge.onnx.exporter;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.onnx.exporter.Item.Named;

/** Normalisation by the statistics of a batch, a layer, a group or an image. */
final class NormalizationRules {
    private NormalizationRules() {}

    static void register(Rules r) {
        r.rule("aten::batch_norm", NormalizationRules::batchNorm);
        r.rule("aten::instance_norm", NormalizationRules::instanceNorm);
        r.rule("aten::layer_norm", NormalizationRules::layerNorm);
        r.rule("aten::layer_norm", 17, NormalizationRules::layerNormalization);
        r.rule("aten::group_norm", NormalizationRules::groupNorm);
        r.rule("aten::rms_norm", NormalizationRules::rmsNorm);
        r.rule("aten::local_response_norm", NormalizationRules::localResponse);
        r.rule("aten::_weight_norm", NormalizationRules::weightNorm);
    }

    // ---- by batches

    private static Named batchNorm(Call c) {
        Named x = c.tensor("input");
        boolean training = c.flag("training");
        if (training && !(c.training() && c.has("running_mean"))) {
            return statistics(c, x);
        }
        NodeWriter node = c.node(
                        "BatchNormalization",
                        x,
                        weight(c, x, "weight", 1, 1),
                        weight(c, x, "bias", 0, 1),
                        c.tensor("running_mean"),
                        c.tensor("running_var"))
                .with("epsilon", c.real("eps"));
        if (!training) {
            return node.get();
        } else if (c.opset() < 14) {
            throw c.unsupported("trains, which needs opset 14");
        }
        return node.with("momentum", 1 - c.real("momentum"))
                .with("training_mode", 1)
                .many(3)
                .get(0);
    }

    /** By what this batch has, where no running statistics are kept. */
    private static Named statistics(Call c, Named x) {
        long[] dims = LongStream.range(0, c.rank(x)).filter(dim -> dim != 1).toArray();
        Named normal = normal(c, x, dims, c.real("eps"));
        return affine(c, normal, channelShape(c.rank(x)));
    }

    private static long[] channelShape(int rank) {
        long[] shape = new long[rank - 1];
        Arrays.fill(shape, 1);
        shape[0] = -1;
        return shape;
    }

    /** The weight of that name, or {@code value} for each channel. */
    private static Named weight(Call c, Named x, String name, double value, int dim) {
        if (c.has(name)) {
            return c.tensor(name);
        }
        Long count = x.shape() == null ? null : x.shape().get(dim);
        if (count == null) {
            throw c.unsupported("has no " + name + ", and a number of channels that only the run tells");
        }
        return c.constant(Torch.full(new long[] {count}, value, TensorOptions.of(c.dtype(x))));
    }

    private static Named instanceNorm(Call c) {
        Named x = c.tensor("input");
        if (!c.flag("use_input_stats")) {
            return c.node(
                            "BatchNormalization",
                            x,
                            weight(c, x, "weight", 1, 1),
                            weight(c, x, "bias", 0, 1),
                            c.tensor("running_mean"),
                            c.tensor("running_var"))
                    .with("epsilon", c.real("eps"))
                    .get();
        }
        return c.node("InstanceNormalization", x, weight(c, x, "weight", 1, 1), weight(c, x, "bias", 0, 1))
                .with("epsilon", c.real("eps"))
                .get();
    }

    // ---- by layers

    private static Named layerNormalization(Call c) {
        Named x = c.tensor("input");
        if (!c.has("weight")) {
            return layerNorm(c);
        }
        return c.node("LayerNormalization", x, c.tensor("weight"), c.tensorOrNull("bias"))
                .with("axis", -c.numbers("normalized_shape").size())
                .with("epsilon", c.real("eps"))
                .get();
    }

    private static Named layerNorm(Call c) {
        return affine(c, normal(c, c.tensor("input"), lastDims(c), c.real("eps")), null);
    }

    private static long[] lastDims(Call c) {
        int count = c.numbers("normalized_shape").size();
        return LongStream.range(-count, 0).toArray();
    }

    /** With mean 0 and variance 1 over dimensions. */
    private static Named normal(Call c, Named x, long[] dims, double eps) {
        Named deviation = c.op("Sub", x, ReductionRules.over(c, "ReduceMean", x, dims, true));
        Named variance = ReductionRules.over(c, "ReduceMean", c.op("Mul", deviation, deviation), dims, true);
        return c.op("Div", deviation, c.op("Sqrt", ElementwiseRules.plus(c, variance, eps)));
    }

    /** Times weight plus bias, which get the shape if one is given. */
    private static Named affine(Call c, Named x, long @Nullable [] shape) {
        Named result = x;
        if (c.has("weight")) {
            result = c.op("Mul", result, shaped(c, c.tensor("weight"), shape));
        }
        return c.has("bias") ? c.op("Add", result, shaped(c, c.tensor("bias"), shape)) : result;
    }

    private static Named shaped(Call c, Named weight, long @Nullable [] shape) {
        return shape == null ? weight : c.op("Reshape", weight, c.longs(shape));
    }

    private static Named rmsNorm(Call c) {
        Named x = c.tensor("input");
        double eps = c.real("eps", c.dtype(x) == DType.FLOAT64 ? Math.ulp(1.0) : Math.ulp(1.0f));
        Named square = ReductionRules.over(c, "ReduceMean", c.op("Mul", x, x), lastDims(c), true);
        Named normal = c.op("Div", x, c.op("Sqrt", ElementwiseRules.plus(c, square, eps)));
        return c.has("weight") ? c.op("Mul", normal, c.tensor("weight")) : normal;
    }

    // ---- by groups

    /** The groups as channels of an image of one row, which are normalised each by itself. */
    private static Named groupNorm(Call c) {
        Named x = c.tensor("input");
        long groups = c.integer("num_groups");
        Named rows = c.op("Reshape", x, c.longs(0, groups, -1)).ofRank(3);
        Named normal = c.node("InstanceNormalization", rows, ones(c, groups, 1, x), ones(c, groups, 0, x))
                .with("epsilon", c.real("eps"))
                .get();
        return affine(c, c.op("Reshape", normal, c.shape(x)), channelShape(c.rank(x)));
    }

    private static Named ones(Call c, long count, double value, Named x) {
        return c.constant(Torch.full(new long[] {count}, value, TensorOptions.of(c.dtype(x))));
    }

    /** {@code v * g / |v|}, the lengths over all dimensions but {@code dim}; -1 is for the length of all. */
    private static Named weightNorm(Call c) {
        Named v = c.tensor("v");
        long kept = c.integer("dim", 0);
        long[] dims = LongStream.range(0, c.rank(v)).filter(dim -> dim != kept).toArray();
        Named length = dims.length == 0 ? c.op("Abs", v) : ReductionRules.over(c, "ReduceL2", v, dims, true);
        return c.op("Mul", v, c.op("Div", c.tensor("g"), length));
    }

    private static Named localResponse(Call c) {
        return c.node("LRN", c.tensor("input"))
                .with("size", c.integer("size"))
                .with("alpha", c.real("alpha"))
                .with("beta", c.real("beta"))
                .with("bias", c.real("k"))
                .get();
    }
}
