package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.onnx.exporter.Item.Named;

/** What puts maxima back to their places, and what takes them from places that are drawn. */
final class UnpoolingRules {
    private UnpoolingRules() {}

    static void register(Rules r) {
        r.rule("aten::max_unpool2d", c -> unpool(c, 2));
        r.rule("aten::max_unpool3d", c -> unpool(c, 3));
        for (String kind : List.of("aten::fractional_max_pool2d", "aten::fractional_max_pool3d")) {
            r.many(kind, c -> {
                throw c.unsupported("takes windows at places that are drawn, which ONNX has no operator for");
            });
        }
    }

    /** Zeros, with each value at the place in its plane that the indices say. */
    private static Named unpool(Call c, int dims) {
        Named x = c.tensor("self");
        int outer = c.rank(x) - dims;
        List<Item> flat = new ArrayList<>();
        List<Item> sizes = new ArrayList<>();
        Item plane = Item.of(1L);
        for (int i = 0; i < outer; i++) {
            flat.add(c.size(x, i));
            sizes.add(c.size(x, i));
        }
        for (Item size : c.numbers("output_size")) {
            plane = NumberRules.times(c, plane, size);
            sizes.add(size);
        }
        List<Item> rows = new ArrayList<>(flat);
        rows.add(Item.of(-1L));
        flat.add(plane);
        Named zeros = c.node("ConstantOfShape", c.row(flat))
                .with("value", Torch.zeros(new long[] {1}, TensorOptions.of(c.dtype(x))))
                .as(x.dtype())
                .get();
        Named places = c.op("Reshape", c.tensor("indices"), c.row(rows));
        Named filled = c.node("ScatterElements", zeros, places, c.op("Reshape", x, c.row(rows)))
                .with("axis", outer)
                .get();
        return c.op("Reshape", filled, c.row(sizes));
    }
}
