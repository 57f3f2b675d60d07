package org.torchbridge.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** A layer that looks up vectors, the rows of its {@code weight}, by their numbers. */
public abstract class EmbeddingTable extends Layer {
    private final long numEmbeddings;
    private final long embeddingDim;
    private final @Nullable Long paddingRow;

    /** The vectors, shape (numEmbeddings, embeddingDim). */
    public Parameter weight;

    /** A table of normal random numbers, with zeros in the row {@code paddingIdx}. */
    EmbeddingTable(long numEmbeddings, long embeddingDim, @Nullable Long paddingIdx) {
        this.numEmbeddings = numEmbeddings;
        this.embeddingDim = embeddingDim;
        this.paddingRow = paddingRow(paddingIdx, numEmbeddings);
        this.weight = new Parameter(Torch.empty(numEmbeddings, embeddingDim));
        resetParameters();
    }

    /** A table over the memory of {@code embeddings}. */
    EmbeddingTable(Tensor embeddings, boolean freeze, @Nullable Long paddingIdx) {
        if (embeddings.dim() != 2) {
            throw new IllegalArgumentException("the embeddings have the shape " + Arrays.toString(embeddings.shape())
                    + "; two dimensions are expected: (numEmbeddings, embeddingDim)");
        }
        this.numEmbeddings = embeddings.size(0);
        this.embeddingDim = embeddings.size(1);
        this.paddingRow = paddingRow(paddingIdx, numEmbeddings);
        this.weight = new Parameter(embeddings, !freeze);
    }

    /** Draws the first values anew. */
    public void resetParameters() {
        Init.normal_(weight.tensor());
        if (paddingRow != null) {
            try (GradMode mode = Torch.noGrad();
                    Tensor padding = weight.tensor().select(0, paddingRow)) {
                padding.zero_();
            }
        }
    }

    public long numEmbeddings() {
        return numEmbeddings;
    }

    public long embeddingDim() {
        return embeddingDim;
    }

    /** The row of the padding, counted from the beginning, or null. */
    final @Nullable Long paddingRow() {
        return paddingRow;
    }

    /** The row that a padding index, which counts from the end if it is negative, stands for. */
    static @Nullable Long paddingRow(@Nullable Long paddingIdx, long numEmbeddings) {
        if (paddingIdx == null) {
            return null;
        }
        if (paddingIdx < -numEmbeddings || paddingIdx >= numEmbeddings) {
            throw new IllegalArgumentException("paddingIdx is " + paddingIdx + "; a number from " + -numEmbeddings
                    + " to " + (numEmbeddings - 1) + " is expected, as there are " + numEmbeddings + " embeddings");
        }
        return paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    }
}
