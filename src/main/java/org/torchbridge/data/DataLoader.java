package org.torchbridge.data;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Generator;
import org.torchbridge.Scope;
import org.torchbridge.Torch;

/**
 * Goes through a data set in batches, as often as it is iterated.
 *
 * <pre>{@code
 * for (Batch batch : new DataLoader(dataset, 64, DataLoader.options().shuffle(true))) {
 *     try (batch; var scope = Scope.open()) {
 *         ...
 *     }
 * }
 * }</pre>
 *
 * <p>With the same seed the order of the samples, and what is drawn from the generator for it, equals Python's.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader">DataLoader</a>.
 */
public final class DataLoader implements Iterable<Batch> {
    private final Dataset dataset;
    private final int batchSize;
    private final Options options;

    /**
     * How a {@link DataLoader} goes through its data set.
     *
     * @param shuffle whether each pass is in a new random order; default {@code false}
     * @param dropLast whether a last batch with fewer samples is left out; default {@code false}
     * @param generator draws the order; default libtorch's own, seeded by {@link Torch#manualSeed}
     */
    public record Options(boolean shuffle, boolean dropLast, @Nullable Generator generator) {
        public Options shuffle(boolean shuffle) {
            return new Options(shuffle, dropLast, generator);
        }

        public Options dropLast(boolean dropLast) {
            return new Options(shuffle, dropLast, generator);
        }

        public Options generator(@Nullable Generator generator) {
            return new Options(shuffle, dropLast, generator);
        }
    }

    public static Options options() {
        return new Options(false, false, null);
    }

    /** Batches of {@code batchSize} samples in the data set's order. */
    public DataLoader(Dataset dataset, int batchSize) {
        this(dataset, batchSize, options());
    }

    public DataLoader(Dataset dataset, int batchSize, Options options) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("the batch size is " + batchSize + "; 1 or more is expected");
        }
        this.dataset = dataset;
        this.batchSize = batchSize;
        this.options = options;
    }

    public Dataset dataset() {
        return dataset;
    }

    /** The number of batches of a pass. */
    public int size() {
        int rest = options.dropLast() ? 0 : batchSize - 1;
        return (dataset.size() + rest) / batchSize;
    }

    @Override
    public Iterator<Batch> iterator() {
        // Python draws a seed for worker processes here, even if it has none; the numbers after it depend on that.
        drawSeed();
        if (!options.shuffle()) {
            return new Pass(IntStream.range(0, dataset.size()).toArray(), () -> {});
        }
        Generator generator = options.generator() == null ? new Generator(drawSeed()) : options.generator();
        // Python draws one more order, and drops it, when a pass is at its end.
        return new Pass(drawOrder(generator), () -> drawOrder(generator));
    }

    private long drawSeed() {
        return Scope.call(() -> Torch.empty(new long[0], DType.INT64)
                .random_(options.generator())
                .toLong());
    }

    private int[] drawOrder(Generator generator) {
        return Scope.call(() -> Torch.randperm(dataset.size(), generator).toIntArray());
    }

    private final class Pass implements Iterator<Batch> {
        private final int[] order;
        private final Runnable atEnd;
        private int next;

        Pass(int[] order, Runnable atEnd) {
            this.order = order;
            this.atEnd = atEnd;
        }

        @Override
        public boolean hasNext() {
            return next < size();
        }

        @Override
        public Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException("all " + size() + " batches of this pass were handed out");
            }
            int start = next++ * batchSize;
            int end = Math.min(start + batchSize, order.length);
            Batch batch = Scope.call(() -> stack(start, end));
            if (!hasNext()) {
                atEnd.run();
            }
            return batch;
        }

        private Batch stack(int start, int end) {
            List<Sample> samples = new ArrayList<>();
            for (int i = start; i < end; i++) {
                samples.add(dataset.get(order[i]));
            }
            return new Batch(
                    Torch.stack(samples.stream().map(Sample::input).toList()),
                    Torch.stack(samples.stream().map(Sample::target).toList()));
        }
    }
}
