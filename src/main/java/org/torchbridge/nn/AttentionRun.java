package org.torchbridge.nn;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.nn.AttentionFunctions.AttentionOptions;
import org.torchbridge.nn.AttentionFunctions.MultiHeadAttentionOptions;

/** One run of {@link Functional#multiHeadAttentionForward}, step by step. */
final class AttentionRun {
    private final long heads;
    private final MultiHeadAttentionOptions options;
    private final boolean batched;
    private final long targetLength;
    private final long batchSize;
    private final long embedDim;
    /** (1 or N · heads, 1 or L, S), to be added to the scores. */
    private @Nullable Tensor mask;

    /** Whether the mask is the causal one, which the fused kernels know. */
    private boolean causal;

    /** (L, N, E), after {@link #splitHeads} (N · heads, L, E / heads). */
    private Tensor query;

    private Tensor key;
    private Tensor value;

    AttentionRun(Tensor query, Tensor key, Tensor value, long heads, MultiHeadAttentionOptions options) {
        this.heads = heads;
        this.options = options;
        this.batched = isBatched(query);
        requireDims(key, value);
        // What was the same tensor stays the same: one product then makes all projections.
        this.query = batched ? query : query.unsqueeze(1);
        this.key = key == query ? this.query : batched ? key : key.unsqueeze(1);
        this.value = value == key ? this.key : batched ? value : value.unsqueeze(1);
        targetLength = this.query.size(0);
        batchSize = this.query.size(1);
        embedDim = this.query.size(2);
        requireSizes();
        prepareMasks();
    }

    void requireEmbedDim(long expected) {
        if (embedDim != expected) {
            throw new IllegalArgumentException(
                    "was expecting embedding dimension of " + expected + ", but got " + embedDim);
        }
        if (!options.useSeparateProjWeight() && key.size(2) != embedDim) {
            throw new IllegalArgumentException("the key has " + key.size(2) + " features; as many as the query has, "
                    + embedDim + ", are expected");
        }
        if (embedDim % heads != 0) {
            throw new IllegalArgumentException("embed_dim " + embedDim + " not divisible by num_heads " + heads);
        }
    }

    void project(@Nullable Tensor weight, @Nullable Tensor bias) {
        if (!options.useSeparateProjWeight() && query == key && key == value) {
            take(Functional.linear(query, required("inProjWeight", weight), bias)
                    .chunk(3, -1));
            return;
        }
        List<Tensor> weights = options.useSeparateProjWeight()
                ? List.of(
                        required("qProjWeight", options.qProjWeight()),
                        required("kProjWeight", options.kProjWeight()),
                        required("vProjWeight", options.vProjWeight()))
                : required("inProjWeight", weight).chunk(3);
        List<Tensor> biases = bias == null ? Arrays.asList(null, null, null) : bias.chunk(3);
        take(List.of(
                Functional.linear(query, weights.get(0), biases.get(0)),
                Functional.linear(key, weights.get(1), biases.get(1)),
                Functional.linear(value, weights.get(2), biases.get(2))));
    }

    /** Adds a key and its value. */
    void addBias(@Nullable Tensor biasK, @Nullable Tensor biasV) {
        if (biasK == null && biasV == null) {
            return;
        }
        if (biasK == null || biasV == null || options.staticK() != null || options.staticV() != null) {
            throw new IllegalArgumentException(
                    "biasK and biasV go together, and not with staticK or staticV; give both or none");
        }
        key = Torch.cat(List.of(key, biasK.repeat(1, batchSize, 1)));
        value = Torch.cat(List.of(value, biasV.repeat(1, batchSize, 1)));
        extendMask();
    }

    void splitHeads() {
        query = split(query);
        key = options.staticK() == null ? split(key) : requireHeads("staticK", options.staticK());
        value = options.staticV() == null ? split(value) : requireHeads("staticV", options.staticV());
    }

    /** Adds a key of zeros, whose value is zero. */
    void addZeros() {
        Tensor zeros = Torch.zeros(
                new long[] {batchSize * heads, 1, headDim()},
                TensorOptions.of(key.dtype()).device(key.device()));
        key = Torch.cat(List.of(key, zeros), 1);
        value = Torch.cat(List.of(value, zeros), 1);
        extendMask();
    }

    MultiheadAttention.Output attend(double dropout, Tensor outWeight, @Nullable Tensor outBias) {
        Tensor weights = options.needWeights() ? weights(dropout) : null;
        Tensor attended = weights == null
                ? fused(dropout)
                : weights.bmm(value).transpose(0, 1).reshape(targetLength * batchSize, embedDim);
        Tensor output = Functional.linear(attended, outWeight, outBias).view(targetLength, batchSize, -1);
        return new MultiheadAttention.Output(
                batched ? output : output.squeeze(1), weights == null ? null : perHeadOrMean(weights));
    }

    private Tensor weights(double dropout) {
        Tensor scaled = query.mul(Math.sqrt(1.0 / headDim()));
        Tensor keys = key.transpose(-2, -1);
        Tensor scores = mask == null ? scaled.bmm(keys) : mask.baddbmm(scaled, keys);
        Tensor weights = scores.softmax(-1);
        return dropout > 0 ? Functional.dropout(weights, dropout, true) : weights;
    }

    private Tensor fused(double dropout) {
        AttentionOptions settings = AttentionFunctions.attentionOptions()
                .attnMask(causal || mask == null ? null : maskOfHeads(mask))
                .dropoutP(dropout)
                .isCausal(causal);
        Tensor attended = AttentionFunctions.scaledDotProductAttention(
                query.view(batchSize, heads, targetLength, headDim()),
                key.view(batchSize, heads, -1, headDim()),
                value.view(batchSize, heads, -1, headDim()),
                settings);
        return attended.permute(2, 0, 1, 3).reshape(targetLength * batchSize, embedDim);
    }

    private Tensor perHeadOrMean(Tensor weights) {
        Tensor perHead = weights.view(batchSize, heads, targetLength, -1);
        Tensor wanted = options.averageAttnWeights() ? perHead.mean(1) : perHead;
        return batched ? wanted : wanted.squeeze(0);
    }

    private Tensor maskOfHeads(Tensor mask) {
        return mask.size(0) == 1 ? mask.unsqueeze(0) : mask.view(batchSize, heads, -1, mask.size(2));
    }

    private Tensor split(Tensor projected) {
        return projected
                .contiguous()
                .view(projected.size(0), batchSize * heads, headDim())
                .transpose(0, 1);
    }

    private void take(List<Tensor> projected) {
        query = projected.get(0);
        key = projected.get(1);
        value = projected.get(2);
    }

    private long headDim() {
        return embedDim / heads;
    }

    // ---- masks

    private void prepareMasks() {
        if (options.isCausal() && options.attnMask() == null) {
            throw new IllegalArgumentException("Need attnMask if specifying the isCausal hint."
                    + " Transformer.generateSquareSubsequentMask makes this mask");
        }
        Tensor attnMask = AttentionMasks.additive("attn_mask", options.attnMask(), query.dtype());
        Tensor padding = AttentionMasks.additive("key_padding_mask", options.keyPaddingMask(), query.dtype());
        mask = AttentionMasks.sum(
                attnMask == null ? null : ofThreeDims(attnMask), padding == null ? null : ofAllHeads(padding));
        causal = options.isCausal() && padding == null;
    }

    private Tensor ofThreeDims(Tensor attnMask) {
        long sourceLength = key.size(0);
        long[] expected = attnMask.dim() == 2
                ? new long[] {targetLength, sourceLength}
                : new long[] {batchSize * heads, targetLength, sourceLength};
        if (attnMask.dim() != 2 && attnMask.dim() != 3) {
            throw new IllegalArgumentException("attn_mask's dimension " + attnMask.dim() + " is not supported");
        }
        if (!Arrays.equals(attnMask.shape(), expected)) {
            throw new IllegalArgumentException("The shape of the " + attnMask.dim() + "D attn_mask is "
                    + Arrays.toString(attnMask.shape()) + ", but should be " + Arrays.toString(expected) + ".");
        }
        return attnMask.dim() == 2 ? attnMask.unsqueeze(0) : attnMask;
    }

    private Tensor ofAllHeads(Tensor padding) {
        long sourceLength = key.size(0);
        long[] expected = batched ? new long[] {batchSize, sourceLength} : new long[] {sourceLength};
        if (!Arrays.equals(padding.shape(), expected)) {
            throw new IllegalArgumentException("expecting key_padding_mask shape of " + Arrays.toString(expected)
                    + ", but got " + Arrays.toString(padding.shape()));
        }
        return padding.view(batchSize, 1, 1, sourceLength)
                .expand(-1, heads, -1, -1)
                .reshape(batchSize * heads, 1, sourceLength);
    }

    /** One more key, which every query attends to. */
    private void extendMask() {
        causal = false;
        mask = mask == null ? null : Torch.pad(mask, 0, 1);
    }

    // ---- shapes

    private static boolean isBatched(Tensor query) {
        if (query.dim() != 2 && query.dim() != 3) {
            throw new IllegalArgumentException("query should be unbatched 2D or batched 3D tensor but received "
                    + query.dim() + "-D query tensor");
        }
        return query.dim() == 3;
    }

    private void requireDims(Tensor key, Tensor value) {
        int expected = batched ? 3 : 2;
        if (key.dim() != expected || value.dim() != expected) {
            throw new IllegalArgumentException("For " + (batched ? "batched (3-D)" : "unbatched (2-D)")
                    + " query, expected key and value to be " + expected + "-D but found " + key.dim() + "-D and "
                    + value.dim() + "-D tensors respectively");
        }
    }

    private void requireSizes() {
        if (key.size(1) != batchSize) {
            throw new IllegalArgumentException("the key has a batch of " + key.size(1) + " and the query one of "
                    + batchSize + "; the same is expected");
        }
        // Separate projections may take keys and values of different features.
        int compared = options.useSeparateProjWeight() ? 2 : 3;
        if (!Arrays.equals(Arrays.copyOf(key.shape(), compared), Arrays.copyOf(value.shape(), compared))) {
            throw new IllegalArgumentException("key shape " + Arrays.toString(key.shape())
                    + " does not match value shape " + Arrays.toString(value.shape()));
        }
    }

    private Tensor requireHeads(String name, Tensor given) {
        if (given.dim() != 3 || given.size(0) != batchSize * heads || given.size(2) != headDim()) {
            throw new IllegalArgumentException(name + " has the shape " + Arrays.toString(given.shape()) + "; ("
                    + batchSize * heads + ", S, " + headDim() + ") is expected");
        }
        return given;
    }

    private static Tensor required(String name, @Nullable Tensor weight) {
        if (weight == null) {
            throw new IllegalArgumentException(name + " is null; a tensor is expected");
        }
        return weight;
    }
}
