package org.torchbridge.nn;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * Looks up a vector for each number and makes the sum, mean or maximum of each bag of them, without the vectors in
 * between. Input (B, N): B bags of N numbers each; or (N), with the {@code int64} beginnings of the bags, offsets (B).
 * Output (B, embeddingDim); an empty bag is zero. At first {@code weight} (numEmbeddings, embeddingDim) is normal with
 * mean 0 and variance 1.
 *
 * <pre>{@code
 * EmbeddingBag bag = new EmbeddingBag(10, 3, EmbeddingBag.options().mode(EmbeddingBag.Mode.SUM));
 * bag.call(numbers, offsets);
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html">EmbeddingBag</a>.
 */
public class EmbeddingBag extends EmbeddingTable {
    private final Options options;

    /** What is made of the vectors of a bag. */
    public enum Mode {
        /** Their sum, weighted if there are weights. */
        SUM,
        /** Their mean. */
        MEAN,
        /** The largest value at each place. */
        MAX;

        /** libtorch's number. */
        int code() {
            return ordinal();
        }
    }

    /**
     * No longest norm, its type 2, the mean, gradients that are neither scaled nor sparse, only the beginnings of the
     * bags as offsets, no padding, unless set otherwise.
     *
     * @param maxNorm the length to which a longer vector is shortened, in the table itself, when it is looked up
     * @param normType the degree of the norm that {@code maxNorm} is about
     * @param scaleGradByFreq whether gradients are divided by how often the vector was looked up; not with
     *     {@link Mode#MAX}
     * @param sparse whether the gradient of {@code weight} is a sparse tensor; not with {@link Mode#MAX}
     * @param includeLastOffset whether the offsets have one more element, the end of the last bag
     * @param paddingIdx the vector that is zero at first, gets no gradient and does not count in its bag; negative ones
     *     count from the end
     */
    public record Options(
            @Nullable Double maxNorm,
            double normType,
            boolean scaleGradByFreq,
            Mode mode,
            boolean sparse,
            boolean includeLastOffset,
            @Nullable Long paddingIdx) {
        private static final Options DEFAULT = new Options(null, 2, false, Mode.MEAN, false, false, null);

        public Options {
            if (mode == Mode.MAX && (scaleGradByFreq || sparse)) {
                throw new IllegalArgumentException("the mode is MAX and " + (sparse ? "sparse" : "scaleGradByFreq")
                        + " is set; SUM or MEAN is expected with it");
            }
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

        public Options mode(Mode mode) {
            return Records.with(this, "mode", mode);
        }

        public Options sparse(boolean sparse) {
            return Records.with(this, "sparse", sparse);
        }

        public Options includeLastOffset(boolean includeLastOffset) {
            return Records.with(this, "includeLastOffset", includeLastOffset);
        }

        public Options paddingIdx(long paddingIdx) {
            return Records.with(this, "paddingIdx", paddingIdx);
        }
    }

    public EmbeddingBag(long numEmbeddings, long embeddingDim) {
        this(numEmbeddings, embeddingDim, options());
    }

    public EmbeddingBag(long numEmbeddings, long embeddingDim, Options options) {
        super(numEmbeddings, embeddingDim, options.paddingIdx());
        this.options = options;
    }

    private EmbeddingBag(Tensor embeddings, boolean freeze, Options options) {
        super(embeddings, freeze, options.paddingIdx());
        this.options = options;
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** Frozen vectors, see {@link #fromPretrained(Tensor, boolean, Options)}. */
    public static EmbeddingBag fromPretrained(Tensor embeddings) {
        return fromPretrained(embeddings, true, options());
    }

    /**
     * A table over the memory of {@code embeddings}, shape (numEmbeddings, embeddingDim).
     *
     * @param freeze whether the vectors are kept from being learned
     */
    public static EmbeddingBag fromPretrained(Tensor embeddings, boolean freeze, Options options) {
        return new EmbeddingBag(embeddings, freeze, options);
    }

    /** The options this layer was made with. */
    public Options settings() {
        return options;
    }

    @Override
    public Tensor forward(Tensor input) {
        return forward(input, null, null);
    }

    /** Makes the output from the inputs. Hooks are not run: use {@link #call(Tensor, Tensor, Tensor)}. */
    public Tensor forward(Tensor input, @Nullable Tensor offsets, @Nullable Tensor perSampleWeights) {
        return Functional.embeddingBag(input, weight.tensor(), offsets, perSampleWeights, options);
    }

    /** Runs {@link #forward(Tensor, Tensor, Tensor)} with the hooks before and after it. */
    public final Tensor call(Tensor input, Tensor offsets) {
        return call(input, offsets, null);
    }

    /**
     * Runs {@link #forward(Tensor, Tensor, Tensor)} with the hooks before and after it.
     *
     * @param offsets where the bags begin, for an input of one dimension
     * @param perSampleWeights what each vector is multiplied with, of the input's shape; for {@link Mode#SUM} only
     */
    public final Tensor call(Tensor input, @Nullable Tensor offsets, @Nullable Tensor perSampleWeights) {
        return hooked(
                inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1), (Tensor) inputs.get(2)),
                input,
                offsets,
                perSampleWeights);
    }

    @Override
    public String extraRepr() {
        StringBuilder text = new StringBuilder(numEmbeddings() + ", " + embeddingDim());
        if (options.maxNorm() != null) {
            text.append(", max_norm=" + PythonText.of(options.maxNorm()));
        }
        if (options.normType() != 2) {
            text.append(", norm_type=" + PythonText.of(options.normType()));
        }
        if (options.scaleGradByFreq()) {
            text.append(", scale_grad_by_freq=True");
        }
        text.append(", mode='" + options.mode().name().toLowerCase(Locale.ROOT) + "'");
        if (paddingRow() != null) {
            text.append(", padding_idx=" + paddingRow());
        }
        return text.toString();
    }
}
