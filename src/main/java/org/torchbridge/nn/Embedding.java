package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * Looks up a vector for each number. Input any shape (*) of {@code int64} or {@code int32} numbers, output
 * (*, embeddingDim). At first {@code weight} (numEmbeddings, embeddingDim) is normal with mean 0 and variance 1.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html">Embedding</a>.
 */
public class Embedding extends EmbeddingTable {
    private final Options options;

    /**
     * No padding, no longest norm, its type 2, gradients that are neither scaled nor sparse, unless set otherwise.
     *
     * @param paddingIdx the vector that is zero at first and gets no gradient; negative ones count from the end
     * @param maxNorm the length to which a longer vector is shortened, in the table itself, when it is looked up
     * @param normType the degree of the norm that {@code maxNorm} is about
     * @param scaleGradByFreq whether gradients are divided by how often the vector was looked up
     * @param sparse whether the gradient of {@code weight} is a sparse tensor
     */
    public record Options(
            @Nullable Long paddingIdx,
            @Nullable Double maxNorm,
            double normType,
            boolean scaleGradByFreq,
            boolean sparse) {
        private static final Options DEFAULT = new Options(null, null, 2, false, false);

        public Options paddingIdx(long paddingIdx) {
            return Records.with(this, "paddingIdx", paddingIdx);
        }

        public Options maxNorm(double maxNorm) {
            return Records.with(this, "maxNorm", maxNorm);
        }

        public Options normType(double normType) {
            return Records.with(this, "normType", normType);
        }

        public Options scaleGradByFreq(boolean scaleGradByFreq) {
            return Records.with(this, "scaleGradByFreq", scaleGradByFreq);
        }

        public Options sparse(boolean sparse) {
            return Records.with(this, "sparse", sparse);
        }
    }

    public Embedding(long numEmbeddings, long embeddingDim) {
        this(numEmbeddings, embeddingDim, options());
    }

    public Embedding(long numEmbeddings, long embeddingDim, Options options) {
        super(numEmbeddings, embeddingDim, options.paddingIdx());
        this.options = options;
    }

    private Embedding(Tensor embeddings, boolean freeze, Options options) {
        super(embeddings, freeze, options.paddingIdx());
        this.options = options;
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** Frozen vectors, see {@link #fromPretrained(Tensor, boolean, Options)}. */
    public static Embedding fromPretrained(Tensor embeddings) {
        return fromPretrained(embeddings, true, options());
    }

    /**
     * A table over the memory of {@code embeddings}, shape (numEmbeddings, embeddingDim).
     *
     * @param freeze whether the vectors are kept from being learned
     */
    public static Embedding fromPretrained(Tensor embeddings, boolean freeze, Options options) {
        return new Embedding(embeddings, freeze, options);
    }

    /** The options this layer was made with. */
    public Options settings() {
        return options;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.embedding(input, weight.tensor(), options);
    }

    @Override
    public String extraRepr() {
        StringBuilder text = new StringBuilder(numEmbeddings() + ", " + embeddingDim());
        if (paddingRow() != null) {
            text.append(", padding_idx=" + paddingRow());
        }
        if (options.maxNorm() != null) {
            text.append(", max_norm=" + PythonText.of(options.maxNorm()));
        }
        if (options.normType() != 2) {
            text.append(", norm_type=" + PythonText.of(options.normType()));
        }
        if (options.scaleGradByFreq()) {
            text.append(", scale_grad_by_freq=True");
        }
        if (options.sparse()) {
            text.append(", sparse=True");
        }
        return text.toString();
    }
}
