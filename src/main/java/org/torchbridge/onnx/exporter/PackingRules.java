package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.torchbridge.DType;
import org.torchbridge.onnx.exporter.Item.Known;
import org.torchbridge.onnx.exporter.Item.Named;

/** Sequences of several lengths: padded to one, and packed, the first elements of all, then the second ones, and so on. */
final class PackingRules {
    private PackingRules() {}

    static void register(Rules r) {
        r.rule("aten::pad_sequence", PackingRules::pad);
        r.many("aten::_pack_padded_sequence", PackingRules::pack);
        r.many("aten::_pad_packed_sequence", PackingRules::unpack);
    }

    // ---- padded

    private static Named pad(Call c) {
        List<Named> sequences = c.tensors("sequences");
        Item longest = c.size(sequences.get(0), 0);
        for (Named sequence : sequences.subList(1, sequences.size())) {
            longest = longer(c, longest, c.size(sequence, 0));
        }
        boolean left = c.has("padding_side") && c.text("padding_side").equals("left");
        int batch = c.flag("batch_first") ? 0 : 1;
        List<Named> padded = new ArrayList<>();
        for (Named sequence : sequences) {
            padded.add(LayoutRules.unsqueeze(c, padded(c, sequence, longest, left), batch));
        }
        return c.node("Concat", List.copyOf(padded)).with("axis", batch).get();
    }

    private static Item longer(Call c, Item one, Item other) {
        return one instanceof Known a && other instanceof Known b
                ? Item.of(Math.max((Long) a.value(), (Long) b.value()))
                : NumberRules.arithmetic(c, "Max", one, other);
    }

    private static Named padded(Call c, Named sequence, Item longest, boolean left) {
        Item size = c.size(sequence, 0);
        Item missing = longest instanceof Known all && size instanceof Known own
                ? Item.of((Long) all.value() - (Long) own.value())
                : NumberRules.arithmetic(c, "Sub", longest, size);
        List<Item> pads = new ArrayList<>(Collections.nCopies(2 * c.rank(sequence), Item.of(0L)));
        pads.set(left ? 0 : sequence.rank(), missing);
        Named value = c.scalar(c.real("padding_value", 0), c.dtype(sequence));
        return c.op("Pad", sequence, c.row(pads), value).ofRank(sequence.rank());
    }

    // ---- packed

    private static List<Item> pack(Call c) {
        Named x = c.tensor("input");
        Named sequence = c.flag("batch_first") ? swapped(c, x) : x;
        Named lengths = c.cast(c.item("lengths"), DType.INT64).ofRank(1);
        Named times = range(c, ReductionRules.over(c, "ReduceMax", lengths, null, false));
        Named present = c.node("Less", LayoutRules.unsqueeze(c, times, 1), lengths)
                .as(DType.BOOL)
                .get();
        Named sizes =
                ReductionRules.over(c, "ReduceSum", c.cast(present.ofRank(2), DType.INT64), new long[] {1}, false);
        return List.of(c.op("GatherND", sequence, IndexRules.places(c, present)), sizes);
    }

    private static List<Item> unpack(Call c) {
        Packed packed = new Packed(c);
        Item total = c.item("total_length");
        boolean longer = total instanceof Known known && (Long) known.value() > 0;
        Named sequence = packed.padded(c.real("padding_value", 0), longer ? c.named(total) : packed.count);
        return List.of(c.flag("batch_first") ? swapped(c, sequence) : sequence, packed.lengths());
    }

    private static Named swapped(Call c, Named x) {
        long[] order = LongStream.range(0, c.rank(x)).toArray();
        order[0] = 1;
        order[1] = 0;
        return LayoutRules.permute(c, x, order);
    }

    private static Named range(Call c, Named count) {
        return c.op("Range", c.scalar(0L), c.op("Reshape", count, c.longs()), c.scalar(1L))
                .ofRank(1);
    }

    /** The packed sequences that a call takes, as {@code data} and {@code batch_sizes}. */
    static final class Packed {
        private final Call c;
        private final Named data;
        private final Named batch;
        private final Named present;
        private final Named places;

        /** How many elements the longest sequence has. */
        final Named count;

        Packed(Call c) {
            this.c = c;
            this.data = c.tensor("data");
            Named sizes = c.cast(c.item("batch_sizes"), DType.INT64).ofRank(1);
            this.count = c.named(c.size(sizes, 0));
            this.batch = c.op("Gather", sizes, c.scalar(0L)).ofRank(0);
            this.present = c.node("Less", range(c, batch), LayoutRules.unsqueeze(c, sizes, 1))
                    .as(DType.BOOL)
                    .get()
                    .ofRank(2);
            this.places = IndexRules.places(c, present);
        }

        /** How long each is. */
        Named lengths() {
            return ReductionRules.over(c, "ReduceSum", c.cast(present, DType.INT64), new long[] {0}, false);
        }

        /** {@code (times, batch, ...)}, with {@code value} after the ends. */
        Named padded(double value, Named times) {
            List<Item> sizes = new ArrayList<>(List.of(times, batch));
            for (int i = 1; i < c.rank(data); i++) {
                sizes.add(c.size(data, i));
            }
            Named all = c.op("Expand", c.scalar(value, c.dtype(data)), c.row(sizes));
            return c.op("ScatterND", all, places, data).ofRank(sizes.size());
        }

        /** What is packed of {@code (times, batch, ...)}. */
        Named packed(Named sequence) {
            return c.op("GatherND", sequence, places);
        }
    }
}
