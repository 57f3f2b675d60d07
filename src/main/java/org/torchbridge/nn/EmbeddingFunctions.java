package org.torchbridge.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;

/** The part of {@link Functional} for embeddings. */
abstract class EmbeddingFunctions extends DropoutFunctions {
    private static final long NO_PADDING = -1;

    EmbeddingFunctions() {}

    public static Tensor embedding(Tensor input, Tensor weight) {
        return embedding(input, weight, Embedding.options());
    }

    /** See {@link Embedding}. */
    public static Tensor embedding(Tensor input, Tensor weight, Embedding.Options options) {
        Long padding = EmbeddingTable.paddingRow(options.paddingIdx(), weight.size(0));
        renormalize_(weight, input, options.maxNorm(), options.normType());
        try {
            return Torch.embedding(
                    weight, input, padding == null ? NO_PADDING : padding, options.scaleGradByFreq(), options.sparse());
        } catch (TorchException e) {
            throw e.getMessage().startsWith("index out of range") ? outOfRange(input, weight, e) : e;
        }
    }

    public static Tensor embeddingBag(Tensor input, Tensor weight) {
        return embeddingBag(input, weight, null);
    }

    public static Tensor embeddingBag(Tensor input, Tensor weight, @Nullable Tensor offsets) {
        return embeddingBag(input, weight, offsets, null, EmbeddingBag.options());
    }

    /** See {@link EmbeddingBag}. */
    public static Tensor embeddingBag(
            Tensor input,
            Tensor weight,
            @Nullable Tensor offsets,
            @Nullable Tensor perSampleWeights,
            EmbeddingBag.Options options) {
        requireBags(input, offsets);
        requireWeights(input, perSampleWeights, options.mode());
        Tensor numbers = input.reshape(-1);
        renormalize_(weight, numbers, options.maxNorm(), options.normType());
        return Torch.embeddingBag(
                        weight,
                        numbers,
                        offsets == null ? beginnings(input) : offsets,
                        options.scaleGradByFreq(),
                        options.mode().code(),
                        options.sparse(),
                        perSampleWeights == null ? null : perSampleWeights.reshape(-1),
                        options.includeLastOffset(),
                        options.paddingIdx())
                .get(0);
    }

    public static Tensor oneHot(Tensor tensor) {
        return oneHot(tensor, -1);
    }

    /**
     * 1 at the place that a number of {@code tensor} says, 0 at all others: input (*), result (*, numClasses).
     *
     * @param numClasses how many places there are; -1 for as many as the largest number needs
     */
    public static Tensor oneHot(Tensor tensor, long numClasses) {
        return Torch.oneHot(tensor, numClasses);
    }

    /** Shortens the vectors in the table itself: as in Python, what is too long is so for good. */
    private static void renormalize_(Tensor weight, Tensor input, @Nullable Double maxNorm, double normType) {
        if (maxNorm != null) {
            try (GradMode mode = Torch.noGrad();
                    Tensor table = weight.detach()) {
                table.embeddingRenorm_(input.contiguous(), maxNorm, normType);
            }
        }
    }

    private static IllegalArgumentException outOfRange(Tensor input, Tensor weight, TorchException cause) {
        String given = input.min().toLong() + " to " + input.max().toLong();
        return new IllegalArgumentException(
                "the numbers to look up are from " + given + "; numbers from 0 to " + (weight.size(0) - 1)
                        + " are expected, as there are " + weight.size(0) + " embeddings",
                cause);
    }

    private static void requireBags(Tensor input, @Nullable Tensor offsets) {
        long dimensions = input.dim();
        if (dimensions != 1 && dimensions != 2) {
            throw new IllegalArgumentException("the input of embeddingBag has " + dimensions
                    + " dimensions; 1 or 2 are expected: (N) with offsets, or (B, N)");
        }
        if (dimensions == 1 && (offsets == null || offsets.dim() != 1)) {
            throw new IllegalArgumentException("the input of embeddingBag has 1 dimension and the offsets "
                    + (offsets == null ? "are null" : "have " + offsets.dim())
                    + "; offsets of 1 dimension are expected, which say where the bags begin");
        }
        if (dimensions == 2 && offsets != null) {
            throw new IllegalArgumentException("the input of embeddingBag has 2 dimensions and there are offsets;"
                    + " null is expected, because each row is a bag");
        }
    }

    private static void requireWeights(Tensor input, @Nullable Tensor perSampleWeights, EmbeddingBag.Mode mode) {
        if (perSampleWeights == null) {
            return;
        }
        if (mode != EmbeddingBag.Mode.SUM) {
            throw new IllegalArgumentException(
                    "the mode is " + mode + " and there are perSampleWeights; SUM is expected with them");
        }
        if (!Arrays.equals(input.shape(), perSampleWeights.shape())) {
            throw new IllegalArgumentException("perSampleWeights has the shape "
                    + Arrays.toString(perSampleWeights.shape()) + "; that of the input is expected, "
                    + Arrays.toString(input.shape()));
        }
    }

    /** Where the bags begin that are the rows of {@code input}. */
    private static Tensor beginnings(Tensor input) {
        TensorOptions options = TensorOptions.DEFAULT.dtype(input.dtype()).device(input.device());
        return Torch.arange(0, input.numel(), input.size(1), options);
    }
}
