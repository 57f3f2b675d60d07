package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * Self-attention of the target, attention from it to the memory, which an encoder made of the source, then a
 * feed-forward network of two linear layers, each added to its input and normalised. Target and output (T, N, E),
 * memory (S, N, E), or with N first if {@code batchFirst}, or without N.
 *
 * <pre>{@code
 * TransformerDecoderLayer layer = new TransformerDecoderLayer(512, 8);
 * Tensor y = layer.call(Torch.rand(20, 32, 512), Torch.rand(10, 32, 512));
 * }</pre>
 *
 * <p>Its options are those of a {@link TransformerEncoderLayer}.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html">TransformerDecoderLayer</a>.
 */
public class TransformerDecoderLayer extends Module {
    private final TransformerEncoderLayer.Options options;
    public MultiheadAttention selfAttn;
    public MultiheadAttention multiheadAttn;
    public Linear linear1;
    public Dropout dropout;
    public Linear linear2;
    public LayerNorm norm1;
    public LayerNorm norm2;
    public LayerNorm norm3;
    public Dropout dropout1;
    public Dropout dropout2;
    public Dropout dropout3;

    /**
     * Without masks, unless set otherwise.
     *
     * @param tgtMask (T, T) or (N · heads, T, T): true where an element does not attend to another, or numbers to be
     *     added to the scores
     * @param memoryMask (T, S) or (N · heads, T, S), the same for attention to the memory
     * @param tgtKeyPaddingMask (N, T) or (T): true where an element of the target is not attended to
     * @param memoryKeyPaddingMask (N, S) or (S), the same for the memory
     * @param tgtIsCausal whether {@code tgtMask} is the one of {@link Transformer#generateSquareSubsequentMask}, which
     *     is faster to know; if null, a {@link TransformerDecoder} finds it out
     * @param memoryIsCausal whether {@code memoryMask} is that one
     */
    public record CallOptions(
            @Nullable Tensor tgtMask,
            @Nullable Tensor memoryMask,
            @Nullable Tensor tgtKeyPaddingMask,
            @Nullable Tensor memoryKeyPaddingMask,
            @Nullable Boolean tgtIsCausal,
            boolean memoryIsCausal) {
        private static final CallOptions DEFAULT = new CallOptions(null, null, null, null, null, false);

        public CallOptions tgtMask(@Nullable Tensor tgtMask) {
            return Records.with(this, "tgtMask", tgtMask);
        }

        public CallOptions memoryMask(@Nullable Tensor memoryMask) {
            return Records.with(this, "memoryMask", memoryMask);
        }

        public CallOptions tgtKeyPaddingMask(@Nullable Tensor tgtKeyPaddingMask) {
            return Records.with(this, "tgtKeyPaddingMask", tgtKeyPaddingMask);
        }

        public CallOptions memoryKeyPaddingMask(@Nullable Tensor memoryKeyPaddingMask) {
            return Records.with(this, "memoryKeyPaddingMask", memoryKeyPaddingMask);
        }

        public CallOptions tgtIsCausal(@Nullable Boolean tgtIsCausal) {
            return Records.with(this, "tgtIsCausal", tgtIsCausal);
        }

        public CallOptions memoryIsCausal(boolean memoryIsCausal) {
            return Records.with(this, "memoryIsCausal", memoryIsCausal);
        }
    }

    public TransformerDecoderLayer(long dModel, long nhead) {
        this(dModel, nhead, options());
    }

    public TransformerDecoderLayer(long dModel, long nhead, TransformerEncoderLayer.Options options) {
        this.options = options;
        selfAttn = options.attention(dModel, nhead);
        multiheadAttn = options.attention(dModel, nhead);
        linear1 = new Linear(dModel, options.dimFeedforward(), options.bias());
        dropout = new Dropout(options.dropout());
        linear2 = new Linear(options.dimFeedforward(), dModel, options.bias());
        norm1 = options.norm(dModel);
        norm2 = options.norm(dModel);
        norm3 = options.norm(dModel);
        dropout1 = new Dropout(options.dropout());
        dropout2 = new Dropout(options.dropout());
        dropout3 = new Dropout(options.dropout());
    }

    /** The defaults, to be changed one by one. */
    public static TransformerEncoderLayer.Options options() {
        return TransformerEncoderLayer.options();
    }

    /** The defaults of a call, to be changed one by one. */
    public static CallOptions callOptions() {
        return CallOptions.DEFAULT;
    }

    /** The options this layer was made with. */
    public TransformerEncoderLayer.Options settings() {
        return options;
    }

    /** Makes the output from target and memory. Hooks are not run: use call. */
    public Tensor forward(Tensor tgt, Tensor memory, CallOptions call) {
        if (options.normFirst()) {
            Tensor x = tgt.add(attend(norm1.call(tgt), call));
            x = x.add(attend(norm2.call(x), memory, call));
            return x.add(feedForward(norm3.call(x)));
        }
        Tensor x = norm1.call(tgt.add(attend(tgt, call)));
        x = norm2.call(x.add(attend(x, memory, call)));
        return norm3.call(x.add(feedForward(x)));
    }

    /** {@link #call(Tensor, Tensor, CallOptions)} without masks. */
    public final Tensor call(Tensor tgt, Tensor memory) {
        return call(tgt, memory, callOptions());
    }

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Tensor call(Tensor tgt, Tensor memory, CallOptions call) {
        return hooked(
                inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1), (CallOptions) inputs.get(2)),
                tgt,
                memory,
                call);
    }

    private Tensor attend(Tensor x, CallOptions call) {
        MultiheadAttention.CallOptions masks = MultiheadAttention.callOptions()
                .attnMask(call.tgtMask())
                .keyPaddingMask(call.tgtKeyPaddingMask())
                .isCausal(Boolean.TRUE.equals(call.tgtIsCausal()))
                .needWeights(false);
        return dropout1.call(selfAttn.call(x, x, x, masks).attnOutput());
    }

    private Tensor attend(Tensor x, Tensor memory, CallOptions call) {
        MultiheadAttention.CallOptions masks = MultiheadAttention.callOptions()
                .attnMask(call.memoryMask())
                .keyPaddingMask(call.memoryKeyPaddingMask())
                .isCausal(call.memoryIsCausal())
                .needWeights(false);
        return dropout2.call(multiheadAttn.call(x, memory, memory, masks).attnOutput());
    }

    private Tensor feedForward(Tensor x) {
        Tensor hidden = dropout.call(options.activation().apply(linear1.call(x)));
        return dropout3.call(linear2.call(hidden));
    }
}
