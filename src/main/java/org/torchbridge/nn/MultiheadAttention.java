package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Records;

/**
 * Attention with several heads: head i is softmax(Q · Kᵀ / √(E / heads)) · V with Q, K, V the projections of query, key
 * and value by the i-th part of the weights; the output is the projection of all heads side by side.
 *
 * <p>Query (L, N, E), key (S, N, {@code kdim}) and value (S, N, {@code vdim}), or (N, L, E) and so on if
 * {@code batchFirst}, or without N. The output has the query's shape; the weights are (N, L, S), or (N, heads, L, S) if
 * they are not averaged.
 *
 * <pre>{@code
 * MultiheadAttention attention = new MultiheadAttention(64, 8, MultiheadAttention.options().batchFirst(true));
 * Tensor y = attention.call(x, x, x, MultiheadAttention.callOptions().needWeights(false)).attnOutput();
 * }</pre>
 *
 * <p>At first {@code in_proj_weight} (3 · E, E), or {@code q_proj_weight}, {@code k_proj_weight} and
 * {@code v_proj_weight} if keys or values have other features, are Xavier uniform, {@code bias_k} and {@code bias_v}
 * Xavier normal, the other biases 0, and {@code out_proj} as in a {@link Linear}. A query for which all keys are masked
 * has NaN weights; without weights it attends to nothing.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html">MultiheadAttention</a>.
 */
public class MultiheadAttention extends Module {
    private final long embedDim;
    private final long numHeads;
    private final Options options;
    public @Nullable Parameter inProjWeight;
    public @Nullable Parameter qProjWeight;
    public @Nullable Parameter kProjWeight;
    public @Nullable Parameter vProjWeight;
    public @Nullable Parameter inProjBias;
    public @Nullable Parameter biasK;
    public @Nullable Parameter biasV;
    public Linear outProj;

    /**
     * Without dropout, with biases, keys and values of E features, (L, N, E), unless set otherwise.
     *
     * @param dropout the probability with which each weight is zeroed in training mode
     * @param bias whether the projections have biases
     * @param addBiasKv whether there is one more key and value, which are learned
     * @param addZeroAttn whether there is one more key of zeros, whose value is zero
     * @param kdim the features of a key; null means E
     * @param vdim the features of a value; null means E
     * @param batchFirst whether tensors are (N, L, E) instead of (L, N, E)
     */
    public record Options(
            double dropout,
            boolean bias,
            boolean addBiasKv,
            boolean addZeroAttn,
            @Nullable Long kdim,
            @Nullable Long vdim,
            boolean batchFirst) {
        private static final Options DEFAULT = new Options(0, true, false, false, null, null, false);

        public Options {
            if (!(dropout >= 0 && dropout <= 1)) {
                throw new IllegalArgumentException(
                        "the dropout probability is " + dropout + "; a number from 0 to 1 is expected");
            }
        }

        public Options dropout(double dropout) {
            return Records.with(this, "dropout", dropout);
        }

        public Options bias(boolean bias) {
            return Records.with(this, "bias", bias);
        }

        public Options addBiasKv(boolean addBiasKv) {
            return Records.with(this, "addBiasKv", addBiasKv);
        }

        public Options addZeroAttn(boolean addZeroAttn) {
            return Records.with(this, "addZeroAttn", addZeroAttn);
        }

        public Options kdim(@Nullable Long kdim) {
            return Records.with(this, "kdim", kdim);
        }

        public Options vdim(@Nullable Long vdim) {
            return Records.with(this, "vdim", vdim);
        }

        public Options batchFirst(boolean batchFirst) {
            return Records.with(this, "batchFirst", batchFirst);
        }
    }

    /**
     * With weights, averaged, without masks, unless set otherwise.
     *
     * @param keyPaddingMask (N, S) or (S): true where a key is not attended to, or numbers to be added to its scores
     * @param needWeights whether the weights are returned, which keeps libtorch from its fused kernels
     * @param attnMask (L, S) or (N · heads, L, S): true where a query does not attend to a key, or numbers to be added
     * @param averageAttnWeights whether the weights are the mean over the heads
     * @param isCausal whether {@code attnMask} is the one of {@link Transformer#generateSquareSubsequentMask}, which is
     *     faster to know
     */
    public record CallOptions(
            @Nullable Tensor keyPaddingMask,
            boolean needWeights,
            @Nullable Tensor attnMask,
            boolean averageAttnWeights,
            boolean isCausal) {
        private static final CallOptions DEFAULT = new CallOptions(null, true, null, true, false);

        public CallOptions keyPaddingMask(@Nullable Tensor keyPaddingMask) {
            return Records.with(this, "keyPaddingMask", keyPaddingMask);
        }

        public CallOptions needWeights(boolean needWeights) {
            return Records.with(this, "needWeights", needWeights);
        }

        public CallOptions attnMask(@Nullable Tensor attnMask) {
            return Records.with(this, "attnMask", attnMask);
        }

        public CallOptions averageAttnWeights(boolean averageAttnWeights) {
            return Records.with(this, "averageAttnWeights", averageAttnWeights);
        }

        public CallOptions isCausal(boolean isCausal) {
            return Records.with(this, "isCausal", isCausal);
        }
    }

    /** What the layer makes: the output, and the weights unless they were not needed. */
    public record Output(Tensor attnOutput, @Nullable Tensor attnOutputWeights) {}

    public MultiheadAttention(long embedDim, long numHeads) {
        this(embedDim, numHeads, options());
    }

    public MultiheadAttention(long embedDim, long numHeads, Options options) {
        if (embedDim <= 0 || numHeads <= 0 || embedDim % numHeads != 0) {
            throw new IllegalArgumentException("embedDim is " + embedDim + " and numHeads " + numHeads
                    + "; positive numbers are expected, of which embedDim is a multiple of numHeads");
        }
        this.embedDim = embedDim;
        this.numHeads = numHeads;
        this.options = options;
        if (hasSeparateWeights()) {
            qProjWeight = new Parameter(Torch.empty(embedDim, embedDim));
            kProjWeight = new Parameter(Torch.empty(embedDim, orEmbedDim(options.kdim())));
            vProjWeight = new Parameter(Torch.empty(embedDim, orEmbedDim(options.vdim())));
        } else {
            inProjWeight = new Parameter(Torch.empty(3 * embedDim, embedDim));
        }
        inProjBias = options.bias() ? new Parameter(Torch.empty(3 * embedDim)) : null;
        outProj = new NonDynamicallyQuantizableLinear(embedDim, embedDim, options.bias());
        biasK = options.addBiasKv() ? new Parameter(Torch.empty(1, 1, embedDim)) : null;
        biasV = options.addBiasKv() ? new Parameter(Torch.empty(1, 1, embedDim)) : null;
        reset();
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** The defaults of a call, to be changed one by one. */
    public static CallOptions callOptions() {
        return CallOptions.DEFAULT;
    }

    public long embedDim() {
        return embedDim;
    }

    public long numHeads() {
        return numHeads;
    }

    /** The options this layer was made with. */
    public Options settings() {
        return options;
    }

    /** Attends from each query to the keys. Hooks are not run: use call. */
    public Output forward(Tensor query, Tensor key, Tensor value, CallOptions call) {
        boolean swaps = options.batchFirst() && query.dim() == 3;
        // What was the same tensor stays the same: one product then makes all projections.
        Tensor q = swaps ? query.transpose(0, 1) : query;
        Tensor k = key == query ? q : swaps ? key.transpose(0, 1) : key;
        Tensor v = value == key ? k : swaps ? value.transpose(0, 1) : value;
        Output output = Functional.multiHeadAttentionForward(
                q,
                k,
                v,
                embedDim,
                numHeads,
                tensor(inProjWeight),
                tensor(inProjBias),
                tensor(biasK),
                tensor(biasV),
                options.addZeroAttn(),
                options.dropout(),
                outProj.weight.tensor(),
                tensor(outProj.bias),
                functionalOptions(call));
        return swaps ? new Output(output.attnOutput().transpose(0, 1), output.attnOutputWeights()) : output;
    }

    /** {@link #call(Tensor, Tensor, Tensor, CallOptions)} without masks. */
    public final Output call(Tensor query, Tensor key, Tensor value) {
        return call(query, key, value, callOptions());
    }

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Output call(Tensor query, Tensor key, Tensor value, CallOptions call) {
        return hooked(
                inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1), (Tensor) inputs.get(2), (CallOptions)
                        inputs.get(3)),
                query,
                key,
                value,
                call);
    }

    private void reset() {
        for (Parameter weight : new Parameter[] {inProjWeight, qProjWeight, kProjWeight, vProjWeight}) {
            if (weight != null) {
                Init.xavierUniform_(weight.tensor());
            }
        }
        if (inProjBias != null) {
            Init.zeros_(inProjBias.tensor());
            Init.zeros_(outProj.bias.tensor());
        }
        if (biasK != null) {
            Init.xavierNormal_(biasK.tensor());
            Init.xavierNormal_(biasV.tensor());
        }
    }

    private AttentionFunctions.MultiHeadAttentionOptions functionalOptions(CallOptions call) {
        return Functional.multiHeadAttentionOptions()
                .training(isTraining())
                .keyPaddingMask(call.keyPaddingMask())
                .needWeights(call.needWeights())
                .attnMask(call.attnMask())
                .useSeparateProjWeight(hasSeparateWeights())
                .qProjWeight(tensor(qProjWeight))
                .kProjWeight(tensor(kProjWeight))
                .vProjWeight(tensor(vProjWeight))
                .averageAttnWeights(call.averageAttnWeights())
                .isCausal(call.isCausal());
    }

    private boolean hasSeparateWeights() {
        return orEmbedDim(options.kdim()) != embedDim || orEmbedDim(options.vdim()) != embedDim;
    }

    private long orEmbedDim(@Nullable Long features) {
        return features == null ? embedDim : features;
    }

    private static @Nullable Tensor tensor(@Nullable Parameter parameter) {
        return parameter == null ? null : parameter.tensor();
    }
}
