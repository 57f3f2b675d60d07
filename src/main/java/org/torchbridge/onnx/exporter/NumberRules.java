package org.torchbridge.onnx.exporter;

import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;

/** Arithmetic on the program's numbers and flags; what the program alone determines was computed before. */
final class NumberRules {
    private NumberRules() {}

    static void register(Rules r) {
        binary(r, "aten::add", "Add");
        binary(r, "aten::sub", "Sub");
        binary(r, "aten::mul", "Mul");
        r.number("aten::div", c -> c.op("Div", real(c, 0), real(c, 1)).ofRank(0));
        r.number("aten::floordiv", NumberRules::floorDivide);
        r.number("aten::remainder", c -> remainder(c, c.item(0), c.item(1)));
        r.number("aten::neg", c -> c.op("Neg", c.named(c.item(0))).ofRank(0));
        r.number("aten::floor", c -> whole(c, "Floor"));
        r.number("aten::ceil", c -> whole(c, "Ceil"));
        r.number("aten::round", c -> whole(c, "Round"));
        r.number("aten::sqrt", c -> c.op("Sqrt", real(c, 0)).ofRank(0));
        r.number("aten::pow", c -> c.op("Pow", real(c, 0), real(c, 1)).ofRank(0));
        r.number("aten::log", c -> c.op("Log", real(c, 0)).ofRank(0));
        extreme(r, "prim::min", "Min");
        extreme(r, "prim::max", "Max");
        comparison(r, "aten::eq", "Equal");
        comparison(r, "aten::lt", "Less");
        comparison(r, "aten::le", "LessOrEqual");
        comparison(r, "aten::gt", "Greater");
        comparison(r, "aten::ge", "GreaterOrEqual");
        r.number("aten::ne", c -> c.op("Not", compare(c, "Equal")).ofRank(0));
        r.number(
                "aten::__not__", c -> c.op("Not", c.cast(c.item(0), DType.BOOL)).ofRank(0));
        r.number("aten::__and__", c -> c.op("And", flag(c, 0), flag(c, 1)).ofRank(0));
        r.number("aten::__or__", c -> c.op("Or", flag(c, 0), flag(c, 1)).ofRank(0));
        r.number("aten::__derive_index", NumberRules::placeInRange);
        conversion(r, "aten::Int", DType.INT64);
        conversion(r, "aten::IntImplicit", DType.INT64);
        conversion(r, "aten::Float", DType.FLOAT64);
        conversion(r, "aten::FloatImplicit", DType.FLOAT64);
        conversion(r, "aten::Bool", DType.BOOL);
        r.number("aten::ScalarImplicit", c -> scalar(c, c.item(0)));
        r.number("aten::item", c -> scalar(c, c.item(0)));
        r.number("aten::dim", c -> Item.of((long) c.rank(c.named(c.item(0)))));
        r.number("aten::size", NumberRules::size);
        r.number(
                "aten::numel",
                c -> c.node("Size", c.named(c.item(0))).as(DType.INT64).get().ofRank(0));
        r.rule("prim::NumToTensor", c -> c.named(c.item(0)));
        r.rule("aten::scalar_tensor", c -> c.cast(c.item(0), c.dtype(0) == null ? DType.FLOAT32 : c.dtype(0)));
        r.rule("aten::tensor", NumberRules::tensor);
        r.rule("aten::_shape_as_tensor", c -> c.shape(c.named(c.item(0))));
    }

    private static void binary(Rules r, String kind, String operator) {
        r.number(kind, c -> arithmetic(c, operator, c.item(0), c.item(1)));
    }

    private static void extreme(Rules r, String kind, String operator) {
        r.number(
                kind,
                c -> c.items().size() == 1
                        ? c.node("Reduce" + operator, c.named(c.item(0)))
                                .with("keepdims", false)
                                .get()
                                .ofRank(0)
                        : arithmetic(c, operator, c.item(0), c.item(1)));
    }

    private static void comparison(Rules r, String kind, String operator) {
        r.number(kind, c -> compare(c, operator));
    }

    /** The element of {@code range(start, ..., step)} that a turn of a loop is for. */
    private static Item placeInRange(Call c) {
        return arithmetic(c, "Add", c.item(1), arithmetic(c, "Mul", c.item(0), c.item(2)));
    }

    private static void conversion(Rules r, String kind, DType dtype) {
        r.number(kind, c -> {
            Named value = c.cast(c.item(0), dtype);
            return value.rank() == 0 ? value : c.op("Reshape", value, c.longs()).ofRank(0);
        });
    }

    static Named arithmetic(Call c, String operator, Item one, Item other) {
        DType dtype = Casts.common(c, one, other);
        return c.op(operator, c.cast(one, dtype), c.cast(other, dtype)).ofRank(0);
    }

    /** A sum, which is a number if {@code one} is. */
    static Item plus(Call c, Item one, long other) {
        return one instanceof Known known
                ? Item.of((Long) known.value() + other)
                : arithmetic(c, "Add", one, Item.of(other));
    }

    /** A product, which is a number if both are. */
    static Item times(Call c, Item one, Item other) {
        return one instanceof Known a && other instanceof Known b
                ? Item.of((Long) a.value() * (Long) b.value())
                : arithmetic(c, "Mul", one, other);
    }

    private static Named compare(Call c, String operator) {
        DType dtype = Casts.common(c, c.item(0), c.item(1));
        return c.node(operator, c.cast(c.item(0), dtype), c.cast(c.item(1), dtype))
                .as(DType.BOOL)
                .get()
                .ofRank(0);
    }

    private static Named real(Call c, int index) {
        return c.cast(c.item(index), DType.FLOAT64);
    }

    private static Named flag(Call c, int index) {
        return c.cast(c.item(index), DType.BOOL);
    }

    private static Named whole(Call c, String operator) {
        return c.cast(c.op(operator, real(c, 0)).ofRank(0), DType.INT64);
    }

    /** Rounded down, where ONNX's {@code Div} rounds towards zero. */
    private static Item floorDivide(Call c) {
        Named rest = remainder(c, c.item(0), c.item(1));
        return arithmetic(c, "Div", arithmetic(c, "Sub", c.item(0), rest), c.item(1));
    }

    /** Of the sign of the divisor, as ONNX's {@code Mod} is for whole numbers. */
    private static Named remainder(Call c, Item one, Item other) {
        if (Casts.common(c, one, other).isFloatingPoint()) {
            throw c.unsupported("takes remainders of numbers that are not whole");
        }
        return arithmetic(c, "Mod", one, other);
    }

    private static Item scalar(Call c, Item item) {
        if (item instanceof Known known && known.value() instanceof Tensor tensor) {
            return Item.of(tensor.dtype().isFloatingPoint() ? (Object) tensor.toDouble() : (Object) tensor.toLong());
        }
        Named tensor = c.named(item);
        return tensor.rank() == 0 ? tensor : c.op("Reshape", tensor, c.longs()).ofRank(0);
    }

    private static Item size(Call c) {
        Named tensor = c.tensor("self");
        return c.has("dim") ? c.size(tensor, c.dim("dim", tensor)) : c.shape(tensor);
    }

    private static Item tensor(Call c) {
        DType dtype = c.dtype(0);
        Named value = c.named(c.item(0));
        return dtype == null ? value : c.cast(value, dtype);
    }
}
