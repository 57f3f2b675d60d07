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

    /** The vectors, shape (numEmbeddings, embeddingDim). */
    public Parameter weight;

    /** A table of normal random numbers, with zeros in the row {@code paddingIdx}. */
    EmbeddingTable(long numEmbeddings, long embeddingDim, @Nullable Long paddingIdx) {
        this.numEmbeddings = numEmbeddings;
        this.embeddingDim = embeddingDim;
        this.weight = new Parameter(Torch.empty(numEmbeddings, embeddingDim));
        Init.normal_(weight.tensor());
        if (paddingIdx != null) {
            try (GradMode mode = Torch.noGrad();
                    Tensor padding = weight.tensor().select(0, paddingIdx)) {
                padding.zero_();
            }
        }
    }

    /** A table over the memory of {@code embeddings}. */
    EmbeddingTable(Tensor embeddings, boolean freeze) {
        if (embeddings.dim() != 2) {
            throw new IllegalArgumentException("the embeddings have the shape " + Arrays.toString(embeddings.shape())
                    + "; two dimensions are expected: (numEmbeddings, embeddingDim)");
        }
        this.numEmbeddings = embeddings.size(0);
        this.embeddingDim = embeddings.size(1);
        this.weight = new Parameter(embeddings, !freeze);
    }

    public long numEmbeddings() {
        return numEmbeddings;
    }

    public long embeddingDim() {
        return embeddingDim;
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
