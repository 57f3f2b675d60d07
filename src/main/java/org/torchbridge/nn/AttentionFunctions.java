package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Records;

/** The part of {@link Functional} for attention. */
abstract class AttentionFunctions extends EmbeddingFunctions {
    AttentionFunctions() {}

    /**
     * Without a mask, without dropout, scaled by 1/√E, unless set otherwise.
     *
     * @param attnMask what goes with (N, ..., L, S): true where a query attends to a key, or numbers to be added to the
     *     scores
     * @param dropoutP the probability with which each weight is zeroed, at any time: 0 in evaluation mode
     * @param isCausal whether each query attends to the keys up to its own place only; not together with a mask
     * @param scale what the scores are multiplied by; null means 1/√E
     * @param enableGqa whether several heads of the query share one of the key and the value
     */
    public record AttentionOptions(
            @Nullable Tensor attnMask, double dropoutP, boolean isCausal, @Nullable Double scale, boolean enableGqa) {
        private static final AttentionOptions DEFAULT = new AttentionOptions(null, 0, false, null, false);

        public AttentionOptions attnMask(@Nullable Tensor attnMask) {
            return Records.with(this, "attnMask", attnMask);
        }

        public AttentionOptions dropoutP(double dropoutP) {
            return Records.with(this, "dropoutP", dropoutP);
        }

        public AttentionOptions isCausal(boolean isCausal) {
            return Records.with(this, "isCausal", isCausal);
        }

        public AttentionOptions scale(@Nullable Double scale) {
            return Records.with(this, "scale", scale);
        }

        public AttentionOptions enableGqa(boolean enableGqa) {
            return Records.with(this, "enableGqa", enableGqa);
        }
    }

    /** The defaults of {@link #scaledDotProductAttention}, to be changed one by one. */
    public static AttentionOptions attentionOptions() {
        return AttentionOptions.DEFAULT;
    }

    public static Tensor scaledDotProductAttention(Tensor query, Tensor key, Tensor value) {
        return scaledDotProductAttention(query, key, value, attentionOptions());
    }

    /**
     * softmax(query · keyᵀ · scale + mask) · value: query (N, ..., L, E), key (N, ..., S, E), value (N, ..., S, F),
     * result (N, ..., L, F). libtorch chooses how it is done; a fused kernel keeps no scores.
     *
     * <p>Follows
     * <a href="https://pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html">scaled_dot_product_attention</a>.
     */
    public static Tensor scaledDotProductAttention(Tensor query, Tensor key, Tensor value, AttentionOptions options) {
        return Torch.scaledDotProductAttention(
                query,
                key,
                value,
                options.attnMask(),
                options.dropoutP(),
                options.isCausal(),
                options.scale(),
                options.enableGqa());
    }

    /**
     * In training mode, with weights, without masks, the projections one below the other, unless set otherwise.
     *
     * @param training whether there is dropout
     * @param keyPaddingMask (N, S) or (S): true where a key is not attended to, or numbers to be added to its scores
     * @param needWeights whether to return the weights, which keeps libtorch from its fused kernels
     * @param attnMask (L, S) or (N · heads, L, S): true where a query does not attend to a key, or numbers to be added
     * @param useSeparateProjWeight whether {@code qProjWeight, kProjWeight, vProjWeight} take the place of inProjWeight
     * @param staticK what takes the place of the projected keys, (N · heads, S, E / heads)
     * @param staticV what takes the place of the projected values, (N · heads, S, E / heads)
     * @param averageAttnWeights whether the weights are the mean over the heads
     * @param isCausal whether the mask is the causal one, as {@link Transformer#generateSquareSubsequentMask} makes it
     */
    public record MultiHeadAttentionOptions(
            boolean training,
            @Nullable Tensor keyPaddingMask,
            boolean needWeights,
            @Nullable Tensor attnMask,
            boolean useSeparateProjWeight,
            @Nullable Tensor qProjWeight,
            @Nullable Tensor kProjWeight,
            @Nullable Tensor vProjWeight,
            @Nullable Tensor staticK,
            @Nullable Tensor staticV,
            boolean averageAttnWeights,
            boolean isCausal) {
        private static final MultiHeadAttentionOptions DEFAULT =
                new MultiHeadAttentionOptions(true, null, true, null, false, null, null, null, null, null, true, false);

        public MultiHeadAttentionOptions training(boolean training) {
            return Records.with(this, "training", training);
        }

        public MultiHeadAttentionOptions keyPaddingMask(@Nullable Tensor keyPaddingMask) {
            return Records.with(this, "keyPaddingMask", keyPaddingMask);
        }

        public MultiHeadAttentionOptions needWeights(boolean needWeights) {
            return Records.with(this, "needWeights", needWeights);
        }

        public MultiHeadAttentionOptions attnMask(@Nullable Tensor attnMask) {
            return Records.with(this, "attnMask", attnMask);
        }

        public MultiHeadAttentionOptions useSeparateProjWeight(boolean useSeparateProjWeight) {
            return Records.with(this, "useSeparateProjWeight", useSeparateProjWeight);
        }

        public MultiHeadAttentionOptions qProjWeight(@Nullable Tensor qProjWeight) {
            return Records.with(this, "qProjWeight", qProjWeight);
        }

        public MultiHeadAttentionOptions kProjWeight(@Nullable Tensor kProjWeight) {
            return Records.with(this, "kProjWeight", kProjWeight);
        }

        public MultiHeadAttentionOptions vProjWeight(@Nullable Tensor vProjWeight) {
            return Records.with(this, "vProjWeight", vProjWeight);
        }

        public MultiHeadAttentionOptions staticK(@Nullable Tensor staticK) {
            return Records.with(this, "staticK", staticK);
        }

        public MultiHeadAttentionOptions staticV(@Nullable Tensor staticV) {
            return Records.with(this, "staticV", staticV);
        }

        public MultiHeadAttentionOptions averageAttnWeights(boolean averageAttnWeights) {
            return Records.with(this, "averageAttnWeights", averageAttnWeights);
        }

        public MultiHeadAttentionOptions isCausal(boolean isCausal) {
            return Records.with(this, "isCausal", isCausal);
        }
    }

    /** The defaults of {@link #multiHeadAttentionForward}, to be changed one by one. */
    public static MultiHeadAttentionOptions multiHeadAttentionOptions() {
        return MultiHeadAttentionOptions.DEFAULT;
    }

    /**
     * What {@link MultiheadAttention} does, with the parameters as arguments: query (L, N, E) or (L, E), key and value
     * (S, N, E) or (S, E).
     *
     * @param embedDimToCheck E
     * @param inProjWeight (3 · E, E): the projections of query, key and value one below the other
     * @param inProjBias (3 · E)
     * @param biasK (1, 1, E): one more key; together with {@code biasV}
     * @param biasV (1, 1, E): its value
     * @param addZeroAttn whether there is one more key of zeros, whose value is zero
     * @param outProjWeight (E, E)
     * @param outProjBias (E)
     */
    public static MultiheadAttention.Output multiHeadAttentionForward(
            Tensor query,
            Tensor key,
            Tensor value,
            long embedDimToCheck,
            long numHeads,
            @Nullable Tensor inProjWeight,
            @Nullable Tensor inProjBias,
            @Nullable Tensor biasK,
            @Nullable Tensor biasV,
            boolean addZeroAttn,
            double dropoutP,
            Tensor outProjWeight,
            @Nullable Tensor outProjBias,
            MultiHeadAttentionOptions options) {
        AttentionRun attention = new AttentionRun(query, key, value, numHeads, options);
        attention.requireEmbedDim(embedDimToCheck);
        attention.project(inProjWeight, inProjBias);
        attention.addBias(biasK, biasV);
        attention.splitHeads();
        if (addZeroAttn) {
            attention.addZeros();
        }
        return attention.attend(options.training() ? dropoutP : 0, outProjWeight, outProjBias);
    }
}
