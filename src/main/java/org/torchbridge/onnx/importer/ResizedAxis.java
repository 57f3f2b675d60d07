package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.graph.Value;

/**
 * One dimension that is resized from {@code size} to {@code length} elements.
 *
 * @param size a {@link Long} or a value, as {@code length}
 * @param scale a {@link Double} or a value
 */
record ResizedAxis(Conversion c, long axis, Object size, Object length, Object scale) {
    static final String[] COORDINATES = {
        "half_pixel",
        "pytorch_half_pixel",
        "half_pixel_symmetric",
        "asymmetric",
        "align_corners",
        "tf_half_pixel_for_nn",
        "tf_crop_and_resize"
    };

    static final String[] ROUNDINGS = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};

    /** Where each output element lies in the input; {@code from} and {@code to} are the region of {@code tf_crop_and_resize}. */
    Value coordinates(String transformation, @Nullable Object from, @Nullable Object to) {
        Value places = c.op("aten::arange", 0L, length, 1L, DType.FLOAT32, null, c.device(), null);
        return switch (transformation) {
            case "half_pixel" -> centred(places);
            case "pytorch_half_pixel" -> choose(longerThanOne(), () -> centred(places), () -> zeros(places));
            case "half_pixel_symmetric" -> symmetric(places);
            case "asymmetric" -> c.op("aten::div", places, scale);
            case "align_corners" -> choose(longerThanOne(), () -> spread(places, last(size)), () -> zeros(places));
            case "tf_half_pixel_for_nn" -> c.op("aten::div", c.op("aten::add", places, 0.5), scale);
            case "tf_crop_and_resize" -> region(places, from, to);
            default -> throw new IllegalArgumentException(
                    "there is no coordinate_transformation_mode '" + transformation + "'");
        };
    }

    private Value centred(Value places) {
        return c.op("aten::sub", c.op("aten::div", c.op("aten::add", places, 0.5), scale), 0.5);
    }

    private Value zeros(Value places) {
        return c.op("aten::zeros_like", places);
    }

    private Object last(Object count) {
        return c.integer("sub", count, 1L);
    }

    /** Over the length that the scale asks for, which rounding may have shortened. */
    private Value spread(Value places, Object total) {
        Object exact = exact();
        Object last = exact instanceof Double known ? (Object) (known - 1) : c.op("aten::sub", exact, 1.0);
        return c.op("aten::div", c.op("aten::mul", places, total), last);
    }

    private Object exact() {
        return size instanceof Long known && scale instanceof Double factor
                ? (Object) (known * factor)
                : c.op("aten::mul", size, scale);
    }

    private Object longerThanOne() {
        return length instanceof Long known ? (Object) (known > 1) : c.op("aten::gt", length, 1L);
    }

    private Object shrinks() {
        return scale instanceof Double known ? (Object) (known < 1) : c.op("aten::lt", scale, 1.0);
    }

    private Value choose(Object condition, Supplier<Value> then, Supplier<Value> otherwise) {
        if (condition instanceof Boolean known) {
            return known ? then.get() : otherwise.get();
        }
        return c.known(
                c.ifElse(condition, () -> List.of(then.get()), () -> List.of(otherwise.get()))
                        .get(0),
                DType.FLOAT32,
                1);
    }

    /** The output is centred on the input where rounding its length would shift it. */
    private Value symmetric(Value places) {
        Object exact = exact();
        Object adjustment = length instanceof Long a && exact instanceof Double b
                ? (Object) (a / b)
                : c.op("aten::div", length, exact);
        Value centre = c.op("aten::mul", c.op("aten::ones_like", places), c.op("aten::div", floating(size), 2.0));
        Value offset = c.op("aten::mul", centre, oneMinus(adjustment));
        return c.op("aten::add", offset, centred(places));
    }

    private Value floating(Object number) {
        return c.op("aten::Float", c.constant(number));
    }

    private Object oneMinus(Object number) {
        return number instanceof Double known ? (Object) (1 - known) : c.op("aten::sub", 1.0, number);
    }

    private Value region(Value places, Object from, Object to) {
        Object span =
                from instanceof Double a && to instanceof Double b ? (Object) (b - a) : c.op("aten::sub", to, from);
        Object length = c.op("aten::mul", last(size), c.constant(span));
        Object begin = c.op("aten::mul", last(size), c.constant(from));
        return choose(
                longerThanOne(),
                () -> c.op("aten::add", spread(places, length), begin),
                () -> c.op(
                        "aten::add",
                        zeros(places),
                        c.op("aten::mul", c.op("aten::add", begin, c.op("aten::add", begin, length)), 0.5)));
    }

    /** Which output elements lie within the input, in all dimensions so far. */
    Value inside(Value at, int rank, @Nullable Value before) {
        Value own = along(c.op("aten::logical_and", c.op("aten::ge", at, 0L), c.op("aten::le", at, last(size))), rank);
        return before == null ? own : c.op("aten::logical_and", before, own);
    }

    // ---- elements and weights

    /** By one of {@link #ROUNDINGS}; "simple" is that of versions before 11, up in an image that shrinks, down otherwise. */
    Value nearest(Value x, Value at, String rounding) {
        Value place =
                switch (rounding) {
                    case "round_prefer_floor" -> c.op("aten::ceil", c.op("aten::sub", at, 0.5));
                    case "round_prefer_ceil" -> c.op("aten::floor", c.op("aten::add", at, 0.5));
                    case "floor" -> c.op("aten::floor", at);
                    case "ceil" -> c.op("aten::ceil", at);
                    case "simple" -> choose(shrinks(), () -> c.op("aten::ceil", at), () -> c.op("aten::floor", at));
                    default -> throw new IllegalArgumentException("there is no nearest_mode '" + rounding + "'");
                };
        return take(x, place);
    }

    private Value take(Value x, Value place) {
        Value index = c.cast(c.op("aten::clamp", place, 0L, last(size)), DType.INT64);
        return c.known(c.op("aten::index_select", x, axis, index), Conversion.dtype(x), Conversion.rank(x));
    }

    /** A vector that varies along the axis of a tensor of {@code rank} dimensions. */
    private Value along(Value vector, int rank) {
        long[] shape = new long[rank];
        Arrays.fill(shape, 1);
        shape[(int) axis] = -1;
        return c.op("aten::reshape", vector, shape);
    }

    Value linear(Value x, Value at) {
        Value base = c.op("aten::floor", at);
        Value second = c.op("aten::sub", at, base);
        return weighted(x, base, List.of(0L, 1L), List.of(c.op("aten::rsub", second, 1L), second));
    }

    /** Keys' cubic convolution; outside the input the elements of its edge count, or none. */
    Value cubic(Value x, Value at, double a, boolean exclude) {
        Value base = c.op("aten::floor", at);
        Value t = c.op("aten::sub", at, base);
        List<Long> offsets = List.of(-1L, 0L, 1L, 2L);
        List<Value> weights = new ArrayList<>();
        for (long offset : offsets) {
            Value weight = cubicWeight(c.op("aten::abs", c.op("aten::sub", t, (double) offset)), a);
            weights.add(exclude ? c.op("aten::mul", weight, isThere(c.op("aten::add", base, offset))) : weight);
        }
        return weighted(x, base, offsets, exclude ? normalized(weights) : weights);
    }

    private Value isThere(Value place) {
        return c.op("aten::logical_and", c.op("aten::ge", place, 0L), c.op("aten::le", place, last(size)));
    }

    private List<Value> normalized(List<Value> weights) {
        Value sum = weights.stream().reduce((a, b) -> c.op("aten::add", a, b)).orElseThrow();
        return weights.stream().map(weight -> c.op("aten::div", weight, sum)).toList();
    }

    /** For a distance of up to 2. */
    private Value cubicWeight(Value d, double a) {
        Value square = c.op("aten::mul", d, d);
        Value cube = c.op("aten::mul", square, d);
        Value near = c.op(
                "aten::add", c.op("aten::sub", c.op("aten::mul", cube, a + 2), c.op("aten::mul", square, a + 3)), 1.0);
        Value far = c.op(
                "aten::sub",
                c.op(
                        "aten::add",
                        c.op("aten::sub", c.op("aten::mul", cube, a), c.op("aten::mul", square, 5 * a)),
                        c.op("aten::mul", d, 8 * a)),
                4 * a);
        Value within = c.op("aten::where", c.op("aten::le", d, 1.0), near, far);
        return c.op("aten::mul", within, c.op("aten::lt", d, 2.0));
    }

    private Value weighted(Value x, Value base, List<Long> offsets, List<Value> weights) {
        int rank = Conversion.rank(x);
        Value sum = null;
        for (int i = 0; i < offsets.size(); i++) {
            Value weight = along(weights.get(i), rank);
            Value part = c.op("aten::mul", take(x, c.op("aten::add", base, offsets.get(i))), weight);
            sum = sum == null ? part : c.op("aten::add", sum, part);
        }
        return typed(sum, x);
    }

    private Value typed(Value result, Value x) {
        DType dtype = Conversion.dtype(x);
        return c.known(dtype == null ? result : c.cast(result, dtype), dtype, Conversion.rank(x));
    }

    /** With a filter as wide as an output element where the input shrinks; its edge goes on outside, or nothing does. */
    Value filtered(Value x, Value at, boolean cubic, double a, boolean exclude) {
        Object support = scale instanceof Double known ? (Object) Math.min(known, 1) : c.op("prim::min", scale, 1.0);
        Object reach = support instanceof Double known
                ? (Object) (long) Math.ceil(2 / known)
                : c.op("aten::ceil", c.op("aten::div", 2.0, support));
        Object end = c.integer("add", size, reach);
        Value elements =
                c.op("aten::arange", c.integer("sub", 0L, reach), end, 1L, DType.FLOAT32, null, c.device(), null);
        Value distance = c.op(
                "aten::abs", c.op("aten::mul", c.op("aten::sub", c.op("aten::unsqueeze", at, 1L), elements), support));
        Value weight = cubic ? cubicWeight(distance, a) : c.op("aten::relu", c.op("aten::rsub", distance, 1.0));
        weight = exclude ? c.op("aten::mul", weight, isThere(elements)) : weight;
        Value share = c.op("aten::div", weight, c.op("aten::sum", weight, new long[] {1}, true));
        Value last = c.op("aten::transpose", take(x, elements), axis, -1L);
        Value product = c.op("aten::matmul", floats(last), c.op("aten::t", share));
        return typed(c.op("aten::transpose", product, axis, -1L), x);
    }

    private Value floats(Value x) {
        DType dtype = Conversion.dtype(x);
        return dtype == null || dtype == DType.FLOAT32 ? x : c.cast(x, DType.FLOAT32);
    }
}
