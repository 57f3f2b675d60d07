package org.torchbridge.onnx.exporter;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;

/** Tensors that are made of nothing but their sizes. */
final class FactoryRules {
    private FactoryRules() {}

    static void register(Rules r) {
        for (String kind : List.of("zeros", "empty", "new_zeros", "new_empty")) {
            r.rule("aten::" + kind, c -> filled(c, c.row("size"), Item.of(0L)));
        }
        for (String kind : List.of("ones", "new_ones")) {
            r.rule("aten::" + kind, c -> filled(c, c.row("size"), Item.of(1L)));
        }
        for (String kind : List.of("full", "new_full")) {
            r.rule("aten::" + kind, c -> filled(c, c.row("size"), c.item("fill_value")));
        }
        for (String kind : List.of("zeros_like", "empty_like")) {
            r.rule("aten::" + kind, c -> filled(c, c.shape(c.tensor("self")), Item.of(0L)));
        }
        r.rule("aten::ones_like", c -> filled(c, c.shape(c.tensor("self")), Item.of(1L)));
        r.rule("aten::full_like", c -> filled(c, c.shape(c.tensor("self")), c.item("fill_value")));
        r.rule("aten::fill", c -> filled(c, c.shape(c.tensor("self")), c.item("value")));
        r.rule("aten::arange", FactoryRules::arange);
        r.rule("aten::linspace", FactoryRules::linspace);
        r.rule("aten::eye", FactoryRules::eye);
        random(r);
    }

    private static Named filled(Call c, Named shape, Item value) {
        DType dtype = dtype(c, value);
        return value instanceof Known known && !(known.value() instanceof Tensor)
                ? c.node("ConstantOfShape", shape)
                        .with("value", Torch.full(new long[] {1}, (Number) number(known), TensorOptions.of(dtype)))
                        .as(dtype)
                        .get()
                : c.op("Expand", c.cast(value, dtype), shape);
    }

    private static Object number(Known known) {
        return known.value() instanceof Boolean flag ? (Object) (flag ? 1 : 0) : known.value();
    }

    private static DType dtype(Call c, @Nullable Item value) {
        DType named = c.takes("dtype") ? c.dtype("dtype") : null;
        if (named != null) {
            return named;
        } else if (c.dtype(0) != null) {
            return c.dtype(0);
        }
        return c.takes("self") ? c.dtype(c.tensor("self")) : value == null ? DType.INT64 : DType.FLOAT32;
    }

    private static Named arange(Call c) {
        DType dtype = dtype(c, null);
        Item start = c.has("start") ? c.item("start") : Item.of(0L);
        Item step = c.has("step") ? c.item("step") : Item.of(1L);
        DType computed = dtype.isFloatingPoint() && dtype != DType.FLOAT16 && dtype != DType.BFLOAT16
                ? dtype
                : dtype.isFloatingPoint() ? DType.FLOAT32 : DType.INT64;
        return c.op("Range", c.cast(start, computed), c.cast(c.item("end"), computed), c.cast(step, computed))
                .ofRank(1);
    }

    private static Named linspace(Call c) {
        long steps = c.integer("steps");
        return c.constant(Torch.linspace(c.real("start"), c.real("end"), steps, TensorOptions.of(dtype(c, Item.NONE))));
    }

    private static Named eye(Call c) {
        long rows = c.integer("n");
        return c.constant(Torch.eye(rows, c.integer("m", rows), TensorOptions.of(dtype(c, Item.NONE))));
    }

    // ---- random numbers

    private static void random(Rules r) {
        r.rule("aten::rand", c -> drawn(c, "RandomUniform", c.row("size")));
        r.rule("aten::randn", c -> drawn(c, "RandomNormal", c.row("size")));
        r.rule("aten::rand_like", c -> drawn(c, "RandomUniform", c.shape(c.tensor("self"))));
        r.rule("aten::randn_like", c -> drawn(c, "RandomNormal", c.shape(c.tensor("self"))));
        r.rule("aten::exponential_", FactoryRules::exponential);
        r.rule("aten::bernoulli", 15, c -> c.op("Bernoulli", c.tensor("self")));
    }

    /** Into a tensor that nothing else reads. */
    private static Named exponential(Call c) {
        if (c.node().input(0).uses().size() > 1) {
            throw c.unsupported("draws into a tensor that the program reads again");
        }
        Named uniform = drawn(c, "RandomUniform", c.shape(c.tensor("self")));
        Named logarithm = c.op("Log", c.op("Sub", c.scalar(1.0, c.dtype(uniform)), uniform));
        return c.op("Div", logarithm, c.scalar(-c.real("lambd", 1), c.dtype(uniform)));
    }

    private static Named drawn(Call c, String operator, Named shape) {
        DType dtype = dtype(c, Item.NONE);
        Named like = c.node("ConstantOfShape", shape)
                .with("value", Torch.zeros(new long[] {1}, TensorOptions.of(dtype)))
                .as(dtype)
                .get();
        return c.op(operator + "Like", like);
    }
}
