package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Value;

/** {@code TfIdfVectorizer}: how often sequences of numbers are in a row. */
final class NgramRules {
    private NgramRules() {}

    static void register(Registry r) {
        r.rule("TfIdfVectorizer", 9, NgramRules::vectorize);
        r.limit("TfIdfVectorizer", "strings");
    }

    /** A sequence of {@code length} numbers for each row of {@code pool}, whose counts go to the places {@code columns}. */
    private record Ngrams(long length, long[] pool, long[] columns) {}

    private static Value vectorize(OnnxNode node, Conversion c) {
        long shortest = node.integer("min_gram_length");
        long longest = node.integer("max_gram_length");
        long skips = node.integer("max_skip_count");
        long[] columns = node.integers("ngram_indexes", new long[0]);
        String mode = node.text("mode");
        List<Double> weights = node.reals("weights");
        long width = Arrays.stream(columns).max().orElse(-1) + 1;
        if (width > columns.length * 1024L || Arrays.stream(columns).anyMatch(column -> column < 0)) {
            throw node.broken("has ngram_indexes that do not fit its n-grams");
        }
        Value x = node.tensor(0);
        List<Value> counts = new ArrayList<>();
        // A column that counts nothing, so that there is one.
        counts.add(c.op("aten::mul", c.op("aten::sum", x, new long[] {-1}, true, DType.FLOAT32), 0.0));
        Tensor places = Torch.zeros(1, width);
        for (Ngrams each : ngrams(node, columns)) {
            if (each.length() >= shortest && each.length() <= longest && each.columns().length > 0) {
                counts.add(count(c, x, each, each.length() == 1 ? 0 : skips));
                places = Torch.cat(
                        List.of(
                                places,
                                Torch.oneHot(Torch.tensor(each.columns()), width)
                                        .to(DType.FLOAT32)),
                        0);
            }
        }
        Value frequencies = c.op("aten::matmul", c.op("aten::cat", c.list(counts), -1L), places);
        return switch (mode) {
            case "TF" -> frequencies;
            case "IDF" -> weighted(node, c, c.op("aten::gt", frequencies, 0.0), weights, width);
            case "TFIDF" -> weighted(node, c, frequencies, weights, width);
            default -> throw node.unsupported("mode " + mode);
        };
    }

    private static Value weighted(OnnxNode node, Conversion c, Value x, @Nullable List<Double> weights, long width) {
        if (weights == null) {
            return c.cast(x, DType.FLOAT32);
        }
        if (weights.size() != width) {
            throw node.broken("has " + weights.size() + " weights for " + width + " n-grams");
        }
        double[] factors = weights.stream().mapToDouble(Double::doubleValue).toArray();
        return c.op("aten::mul", x, Torch.tensor(factors).to(DType.FLOAT32));
    }

    /** The pool by lengths, from one number on. */
    private static List<Ngrams> ngrams(OnnxNode node, long[] columns) {
        long[] pool = node.integers("pool_int64s");
        long[] starts = node.integers("ngram_counts");
        if (pool == null || starts == null) {
            throw node.unsupported("n-grams of strings");
        }
        List<Ngrams> all = new ArrayList<>();
        int before = 0;
        for (int i = 0; i < starts.length; i++) {
            long end = i + 1 < starts.length ? starts[i + 1] : pool.length;
            long length = i + 1;
            long count = (end - starts[i]) / length;
            if (starts[i] < 0 || end > pool.length || count < 0 || before + count > columns.length) {
                throw node.broken("has ngram_counts that do not fit its pool and its ngram_indexes");
            }
            long[] own = Arrays.copyOfRange(pool, (int) starts[i], (int) (starts[i] + count * length));
            all.add(new Ngrams(length, own, Arrays.copyOfRange(columns, before, before + (int) count)));
            before += (int) count;
        }
        return all;
    }

    /** How often each is found, its numbers next to each other or with up to {@code skips} others between two. */
    private static Value count(Conversion c, Value x, Ngrams ngrams, long skips) {
        long count = ngrams.columns().length;
        Tensor pool = Torch.tensor(ngrams.pool()).reshape(count, ngrams.length());
        Object size = c.size(x, -1);
        Value sum = null;
        for (long step = 1; step <= skips + 1; step++) {
            List<Value> parts = new ArrayList<>();
            for (long i = 0; i < ngrams.length(); i++) {
                Object end = c.integer("max", 0L, c.integer("sub", size, (ngrams.length() - 1 - i) * step));
                parts.add(c.op("aten::slice", x, -1L, i * step, end, 1L));
            }
            Value windows = c.op("aten::unsqueeze", c.op("aten::stack", c.list(parts), -1L), -2L);
            Value found = c.op("aten::all", c.op("aten::eq", windows, pool), -1L, false);
            Value here = c.op("aten::sum", found, new long[] {-2}, false, DType.FLOAT32);
            sum = sum == null ? here : c.op("aten::add", sum, here);
        }
        return sum;
    }
}
