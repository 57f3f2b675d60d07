package org.torchbridge.onnx.importer;

import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Regions of interest by maximum: each is divided into cells, and a cell is the largest of the elements around its samples,
 * each times its share in the sample.
 *
 * @param ratio the number of samples of a cell along each dimension; 0 for one per element
 * @param aligned whether coordinates are those of the centres of elements
 */
record RoiMax(Conversion c, Value x, long height, long width, long ratio, double scale, boolean aligned) {
    /** Where the samples of all cells lie along a dimension: the elements on both sides, and the share of the second. */
    private record Samples(Value low, Value high, Value share, Value inside, Object perCell) {}

    Value of(Value boxes, Value images) {
        Value none = c.op("aten::new_zeros", x, c.list(List.of(0L, c.size(x, 1), height, width)));
        List<Value> all = List.of(c.list(Type.TENSOR, List.of(none)));
        Value regions = c.loop(c.size(boxes, 0), true, all, turn -> {
                    Value image = c.op("aten::Int", c.op("aten::select", images, 0L, turn.get(0)));
                    Value box = c.op("aten::select", boxes, 0L, turn.get(0));
                    Value region = c.op("aten::unsqueeze", region(c.op("aten::select", x, 0L, image), box), 0L);
                    return List.of(
                            c.constant(true), c.op("aten::add", turn.get(1), c.list(Type.TENSOR, List.of(region))));
                })
                .get(0);
        return c.op("aten::cat", regions, 0L);
    }

    private Value region(Value image, Value box) {
        Samples rows = samples(box, 1, height, c.size(x, 2));
        Samples columns = samples(box, 0, width, c.size(x, 3));
        Value largest = null;
        for (boolean lower : new boolean[] {false, true}) {
            Value part =
                    c.op("aten::mul", side(image, 1, rows, lower), c.op("aten::unsqueeze", share(rows, lower), 1L));
            for (boolean right : new boolean[] {false, true}) {
                Value corner = c.op("aten::mul", side(part, 2, columns, right), share(columns, right));
                largest = largest == null ? corner : c.op("aten::maximum", largest, corner);
            }
        }
        List<Object> cells = List.of(c.size(x, 1), height, rows.perCell, width, columns.perCell);
        return c.op("aten::amax", c.op("aten::reshape", largest, c.list(cells)), new long[] {2, 4}, false);
    }

    private Value side(Value image, long dim, Samples samples, boolean second) {
        return c.op("aten::index_select", image, dim, second ? samples.high : samples.low);
    }

    private Value share(Samples samples, boolean second) {
        Value share = second ? samples.share : c.op("aten::rsub", samples.share, 1.0);
        return c.op("aten::mul", share, samples.inside);
    }

    /** The box has its first corner in elements 0 and 1, its second one in 2 and 3; {@code at} is 0 for x and 1 for y. */
    private Samples samples(Value box, long at, long cells, Object size) {
        Value start = edge(box, at);
        Value end = edge(box, at + 2);
        Value length = c.op("aten::sub", end, start);
        Value extent = aligned ? length : c.op("prim::max", length, 1.0);
        Value cell = c.op("aten::div", extent, (double) cells);
        Object perCell = ratio > 0 ? (Object) ratio : c.op("prim::max", c.op("aten::ceil", cell), 1L);
        Object count = c.integer("mul", perCell, cells);
        Value places = c.op("aten::arange", 0L, count, 1L, DType.FLOAT32, null, c.device(), null);
        Value step = c.op("aten::div", cell, perCell);
        Value given = c.op("aten::add", c.op("aten::mul", c.op("aten::add", places, 0.5), step), start);
        Value inside = c.op("aten::logical_and", c.op("aten::ge", given, -1.0), c.op("aten::le", given, size));
        Value place = c.op("aten::clamp", given, 0L, c.integer("sub", size, 1L));
        Value low = c.op("aten::floor", place);
        Value share = c.op("aten::type_as", c.op("aten::sub", place, low), x);
        Value first = c.cast(low, DType.INT64);
        Value second = c.op("aten::clamp", c.op("aten::add", first, 1L), 0L, c.integer("sub", size, 1L));
        return new Samples(first, second, share, c.op("aten::type_as", inside, x), perCell);
    }

    private Value edge(Value box, long index) {
        Value scaled = c.op("aten::mul", c.op("aten::Float", c.op("aten::select", box, 0L, index)), scale);
        return aligned ? c.op("aten::sub", scaled, 0.5) : scaled;
    }
}
