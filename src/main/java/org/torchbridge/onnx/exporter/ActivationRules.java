package org.torchbridge.onnx.exporter;

import java.util.Arrays;
import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Named;

/** Activation functions and what else layers do to each element. */
final class ActivationRules {
    /** From here on a softplus is its argument, as far as a {@code float} can tell. */
    private static final double SAME_AS_IDENTITY = 20;

    private ActivationRules() {}

    static void register(Rules r) {
        r.rule("aten::relu", c -> c.op("Relu", c.tensor("self")));
        r.rule("aten::relu6", c -> clip(c, c.tensor("self"), 0, 6));
        r.rule("aten::hardtanh", c -> clip(c, c.tensor("self"), c.real("min_val", -1), c.real("max_val", 1)));
        r.rule("aten::leaky_relu", c -> c.node("LeakyRelu", c.tensor("self"))
                .with("alpha", c.real("negative_slope", 0.01))
                .get());
        r.rule("aten::rrelu", ActivationRules::randomizedRelu);
        r.rule("aten::elu", ActivationRules::elu);
        r.rule("aten::celu", c -> c.node("Celu", c.tensor("self"))
                .with("alpha", c.real("alpha", 1))
                .get());
        r.rule("aten::selu", c -> c.op("Selu", c.tensor("self")));
        r.rule("aten::prelu", ActivationRules::prelu);
        r.rule("aten::gelu", ActivationRules::gelu);
        r.rule("aten::gelu", 20, c -> c.node("Gelu", c.tensor("self"))
                .with("approximate", c.text("approximate"))
                .get());
        r.rule("aten::silu", c -> c.op("Mul", c.tensor("self"), c.op("Sigmoid", c.tensor("self"))));
        r.rule("aten::mish", c -> c.op("Mul", c.tensor("self"), c.op("Tanh", c.op("Softplus", c.tensor("self")))));
        r.rule("aten::mish", 18, c -> c.op("Mish", c.tensor("self")));
        r.rule("aten::hardsigmoid", c -> hardSigmoid(c, c.tensor("self")));
        r.rule("aten::hardswish", c -> c.op("Mul", c.tensor("self"), hardSigmoid(c, c.tensor("self"))));
        r.rule("aten::hardswish", 14, c -> c.op("HardSwish", c.tensor("self")));
        r.rule("aten::softplus", ActivationRules::softplus);
        r.rule("aten::log_sigmoid", c -> c.op("Neg", c.op("Softplus", c.op("Neg", c.tensor("self")))));
        r.rule("aten::softsign", c -> c.op("Softsign", c.tensor("self")));
        r.rule("aten::tanhshrink", c -> c.op("Sub", c.tensor("self"), c.op("Tanh", c.tensor("self"))));
        r.rule("aten::hardshrink", c -> shrink(c, 0));
        r.rule("aten::softshrink", c -> shrink(c, c.real("lambd", 0.5)));
        r.rule("aten::threshold", ActivationRules::threshold);
        r.rule("aten::glu", ActivationRules::glu);
        r.rule("aten::softmax", c -> softmax(c, "Softmax"));
        r.rule("aten::_softmax", c -> softmax(c, "Softmax"));
        r.rule("aten::log_softmax", c -> softmax(c, "LogSoftmax"));
        r.rule("aten::_log_softmax", c -> softmax(c, "LogSoftmax"));
        r.rule("aten::dropout", c -> dropout(c, "input", "train"));
        r.rule("aten::native_dropout", c -> dropout(c, "input", "train"));
        r.rule("aten::feature_dropout", ActivationRules::featureDropout);
    }

    private static Named clip(Call c, Named x, double low, double high) {
        DType dtype = c.dtype(x);
        return c.op("Clip", x, c.scalar(Casts.value(low, dtype), dtype), c.scalar(Casts.value(high, dtype), dtype));
    }

    /** {@code scale * (x if x > 0 else alpha * (exp(x * input_scale) - 1))}. */
    private static Named elu(Call c) {
        if (c.real("input_scale", 1) != 1) {
            throw c.unsupported("has an input_scale other than 1");
        }
        Named elu = c.node("Elu", c.tensor("self"))
                .with("alpha", c.real("alpha", 1))
                .get();
        double scale = c.real("scale", 1);
        return scale == 1 ? elu : ElementwiseRules.times(c, elu, scale);
    }

    /** Slopes belong to the channels, dimension 1; ONNX lines dimensions up from the last. */
    private static Named prelu(Call c) {
        Named x = c.tensor("self");
        Named weight = c.tensor("weight");
        int rank = c.rank(x);
        if (rank > 2) {
            long[] shape = new long[rank - 1];
            Arrays.fill(shape, 1);
            shape[0] = -1;
            weight = c.op("Reshape", weight, c.longs(shape));
        }
        return c.op("PRelu", x, weight);
    }

    private static Named gelu(Call c) {
        Named x = c.tensor("self");
        if (c.has("approximate") && c.text("approximate").equals("tanh")) {
            Named cube = c.op("Mul", x, c.op("Mul", x, x));
            Named inner = c.op("Add", x, ElementwiseRules.times(c, cube, 0.044715));
            Named tanh = c.op("Tanh", ElementwiseRules.times(c, inner, Math.sqrt(2 / Math.PI)));
            return c.op("Mul", ElementwiseRules.times(c, x, 0.5), ElementwiseRules.plus(c, tanh, 1));
        }
        Named erf = c.op("Erf", ElementwiseRules.quotient(c, x, Math.sqrt(2)));
        return ElementwiseRules.times(c, c.op("Mul", x, ElementwiseRules.plus(c, erf, 1)), 0.5);
    }

    private static Named hardSigmoid(Call c, Named x) {
        return c.node("HardSigmoid", x).with("alpha", 1.0 / 6).with("beta", 0.5).get();
    }

    private static Named softplus(Call c) {
        Named x = c.tensor("self");
        double beta = c.real("beta", 1);
        double threshold = c.real("threshold", 20);
        Named scaled = beta == 1 ? x : ElementwiseRules.times(c, x, beta);
        Named soft = c.op("Softplus", scaled);
        Named result = beta == 1 ? soft : ElementwiseRules.quotient(c, soft, beta);
        if (threshold >= SAME_AS_IDENTITY) {
            return result;
        }
        Named straight = c.node("Greater", scaled, c.scalar(threshold, c.dtype(x)))
                .as(DType.BOOL)
                .get();
        return c.node("Where", straight, x, result).as(x.dtype()).get();
    }

    private static Named shrink(Call c, double bias) {
        return c.node("Shrink", c.tensor("self"))
                .with("lambd", c.real("lambd", 0.5))
                .with("bias", bias)
                .get();
    }

    private static Named threshold(Call c) {
        Named x = c.tensor("self");
        Named above = c.node("Greater", x, c.cast(c.item("threshold"), c.dtype(x)))
                .as(DType.BOOL)
                .get();
        return c.node("Where", above, x, c.cast(c.item("value"), c.dtype(x)))
                .as(x.dtype())
                .get();
    }

    private static Named glu(Call c) {
        Named x = c.tensor("self");
        int dim = c.dim("dim", x);
        List<Named> halves = PartRules.split(c, x, dim, 2);
        return c.op("Mul", halves.get(0), c.op("Sigmoid", halves.get(1)));
    }

    /** A number alone is a row of one for ONNX. */
    private static Named softmax(Call c, String operator) {
        Named x = c.tensor("self");
        DType wanted = c.dtype("dtype");
        Named typed = wanted == null ? x : c.cast(x, wanted);
        boolean single = c.rank(x) == 0;
        Named result = c.node(operator, single ? c.op("Reshape", typed, c.longs(1)) : typed)
                .with("axis", c.dim("dim", x))
                .get();
        return single ? c.op("Reshape", result, c.longs()) : result;
    }

    /** Slopes are drawn in training only. */
    private static Named randomizedRelu(Call c) {
        if (c.flag("training")) {
            throw c.unsupported("draws its slopes at random; export for inference");
        }
        return c.node("LeakyRelu", c.tensor("self"))
                .with("alpha", (c.real("lower", 1.0 / 8) + c.real("upper", 1.0 / 3)) / 2)
                .get();
    }

    private static Named dropout(Call c, String input, String train) {
        Named x = c.tensor(input);
        return c.flag(train)
                ? c.op("Dropout", x, c.scalar(c.real("p", 0.5), DType.FLOAT32), c.scalar(true, DType.BOOL))
                : x;
    }

    private static Named featureDropout(Call c) {
        if (c.flag("train")) {
            throw c.unsupported("drops whole channels, which ONNX has no operator for");
        }
        return c.tensor("input");
    }
}
