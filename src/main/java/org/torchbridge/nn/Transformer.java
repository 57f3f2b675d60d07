package org.torchbridge.nn;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.TransformerEncoderLayer.Activation;

/**
 * A transformer as in "Attention Is All You Need": an encoder of the source and a decoder of the target. Source (S, N,
 * E), target and output (T, N, E), or with N first if {@code batchFirst}, or without N.
 *
 * <pre>{@code
 * Transformer model = new Transformer(Transformer.options().nhead(16).numEncoderLayers(12));
 * Tensor y = model.call(Torch.rand(10, 32, 512), Torch.rand(20, 32, 512));
 * }</pre>
 *
 * <p>At first all parameters of two and more dimensions are Xavier uniform.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Transformer.html">Transformer</a>.
 */
public class Transformer extends Module {
    private final Options options;
    public TransformerEncoder encoder;
    public TransformerDecoder decoder;

    /**
     * 512 features, 8 heads, 6 layers in encoder and decoder, and the defaults of {@link TransformerEncoderLayer},
     * unless set otherwise.
     *
     * @param dModel the features, E
     * @param layer the options of each layer, which have setters here too
     * @param customEncoder what takes the place of the encoder
     * @param customDecoder what takes the place of the decoder
     */
    public record Options(
            long dModel,
            long nhead,
            long numEncoderLayers,
            long numDecoderLayers,
            TransformerEncoderLayer.Options layer,
            @Nullable TransformerEncoder customEncoder,
            @Nullable TransformerDecoder customDecoder) {
        private static final Options DEFAULT = new Options(512, 8, 6, 6, TransformerEncoderLayer.options(), null, null);

        public Options dModel(long dModel) {
            return Records.with(this, "dModel", dModel);
        }

        public Options nhead(long nhead) {
            return Records.with(this, "nhead", nhead);
        }

        public Options numEncoderLayers(long numEncoderLayers) {
            return Records.with(this, "numEncoderLayers", numEncoderLayers);
        }

        public Options numDecoderLayers(long numDecoderLayers) {
            return Records.with(this, "numDecoderLayers", numDecoderLayers);
        }

        public Options customEncoder(@Nullable TransformerEncoder customEncoder) {
            return Records.with(this, "customEncoder", customEncoder);
        }

        public Options customDecoder(@Nullable TransformerDecoder customDecoder) {
            return Records.with(this, "customDecoder", customDecoder);
        }

        public Options dimFeedforward(long dimFeedforward) {
            return layer(layer.dimFeedforward(dimFeedforward));
        }

        public Options dropout(double dropout) {
            return layer(layer.dropout(dropout));
        }

        public Options activation(Activation activation) {
            return layer(layer.activation(activation));
        }

        public Options activation(UnaryOperator<Tensor> activation) {
            return layer(layer.activation(activation));
        }

        public Options layerNormEps(double layerNormEps) {
            return layer(layer.layerNormEps(layerNormEps));
        }

        public Options batchFirst(boolean batchFirst) {
            return layer(layer.batchFirst(batchFirst));
        }

        public Options normFirst(boolean normFirst) {
            return layer(layer.normFirst(normFirst));
        }

        public Options bias(boolean bias) {
            return layer(layer.bias(bias));
        }

        private Options layer(TransformerEncoderLayer.Options layer) {
            return new Options(dModel, nhead, numEncoderLayers, numDecoderLayers, layer, customEncoder, customDecoder);
        }

        TransformerEncoder encoder() {
            TransformerEncoderLayer first = new TransformerEncoderLayer(dModel, nhead, layer);
            return new TransformerEncoder(first, numEncoderLayers, layer.norm(dModel));
        }

        TransformerDecoder decoder() {
            TransformerDecoderLayer first = new TransformerDecoderLayer(dModel, nhead, layer);
            return new TransformerDecoder(first, numDecoderLayers, layer.norm(dModel));
        }
    }

    /**
     * Without masks, unless set otherwise. A mask is true where an element does not attend to another, or has numbers
     * to be added to the scores.
     *
     * @param srcMask (S, S) or (N · heads, S, S)
     * @param tgtMask (T, T) or (N · heads, T, T)
     * @param memoryMask (T, S) or (N · heads, T, S)
     * @param srcKeyPaddingMask (N, S) or (S)
     * @param tgtKeyPaddingMask (N, T) or (T)
     * @param memoryKeyPaddingMask (N, S) or (S)
     * @param srcIsCausal whether {@code srcMask} is the one of {@link #generateSquareSubsequentMask}, which is faster
     *     to know; null means to find it out
     * @param tgtIsCausal the same for {@code tgtMask}
     * @param memoryIsCausal whether {@code memoryMask} is that one
     */
    public record CallOptions(
            @Nullable Tensor srcMask,
            @Nullable Tensor tgtMask,
            @Nullable Tensor memoryMask,
            @Nullable Tensor srcKeyPaddingMask,
            @Nullable Tensor tgtKeyPaddingMask,
            @Nullable Tensor memoryKeyPaddingMask,
            @Nullable Boolean srcIsCausal,
            @Nullable Boolean tgtIsCausal,
            boolean memoryIsCausal) {
        private static final CallOptions DEFAULT =
                new CallOptions(null, null, null, null, null, null, null, null, false);

        public CallOptions srcMask(@Nullable Tensor srcMask) {
            return Records.with(this, "srcMask", srcMask);
        }

        public CallOptions tgtMask(@Nullable Tensor tgtMask) {
            return Records.with(this, "tgtMask", tgtMask);
        }

        public CallOptions memoryMask(@Nullable Tensor memoryMask) {
            return Records.with(this, "memoryMask", memoryMask);
        }

        public CallOptions srcKeyPaddingMask(@Nullable Tensor srcKeyPaddingMask) {
            return Records.with(this, "srcKeyPaddingMask", srcKeyPaddingMask);
        }

        public CallOptions tgtKeyPaddingMask(@Nullable Tensor tgtKeyPaddingMask) {
            return Records.with(this, "tgtKeyPaddingMask", tgtKeyPaddingMask);
        }

        public CallOptions memoryKeyPaddingMask(@Nullable Tensor memoryKeyPaddingMask) {
            return Records.with(this, "memoryKeyPaddingMask", memoryKeyPaddingMask);
        }

        public CallOptions srcIsCausal(@Nullable Boolean srcIsCausal) {
            return Records.with(this, "srcIsCausal", srcIsCausal);
        }

        public CallOptions tgtIsCausal(@Nullable Boolean tgtIsCausal) {
            return Records.with(this, "tgtIsCausal", tgtIsCausal);
        }

        public CallOptions memoryIsCausal(boolean memoryIsCausal) {
            return Records.with(this, "memoryIsCausal", memoryIsCausal);
        }
    }

    public Transformer() {
        this(options());
    }

    public Transformer(Options options) {
        this.options = options;
        encoder = options.customEncoder() == null ? options.encoder() : options.customEncoder();
        decoder = options.customDecoder() == null ? options.decoder() : options.customDecoder();
        for (Parameter parameter : parameters()) {
            if (parameter.tensor().dim() > 1) {
                Init.xavierUniform_(parameter.tensor());
            }
        }
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** The defaults of a call, to be changed one by one. */
    public static CallOptions callOptions() {
        return CallOptions.DEFAULT;
    }

    /** The mask ({@code sz}, {@code sz}) with which each element attends to itself and those before it. */
    public static Tensor generateSquareSubsequentMask(long sz) {
        return generateSquareSubsequentMask(sz, TensorOptions.DEFAULT);
    }

    /** The mask of the given type and device: minus infinity above the diagonal, elsewhere 0. */
    public static Tensor generateSquareSubsequentMask(long sz, TensorOptions options) {
        return Torch.full(new long[] {sz, sz}, Double.NEGATIVE_INFINITY, options)
                .triu(1);
    }

    /** The options this model was made with. */
    public Options settings() {
        return options;
    }

    /** Encodes the source and decodes the target. Hooks are not run: use call. */
    public Tensor forward(Tensor src, Tensor tgt, CallOptions call) {
        requireSizes(src, tgt);
        Tensor memory = encoder.call(
                src,
                TransformerEncoder.callOptions()
                        .mask(call.srcMask())
                        .srcKeyPaddingMask(call.srcKeyPaddingMask())
                        .isCausal(call.srcIsCausal()));
        return decoder.call(
                tgt,
                memory,
                TransformerDecoder.callOptions()
                        .tgtMask(call.tgtMask())
                        .memoryMask(call.memoryMask())
                        .tgtKeyPaddingMask(call.tgtKeyPaddingMask())
                        .memoryKeyPaddingMask(call.memoryKeyPaddingMask())
                        .tgtIsCausal(call.tgtIsCausal())
                        .memoryIsCausal(call.memoryIsCausal()));
    }

    /** {@link #call(Tensor, Tensor, CallOptions)} without masks. */
    public final Tensor call(Tensor src, Tensor tgt) {
        return call(src, tgt, callOptions());
    }

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Tensor call(Tensor src, Tensor tgt, CallOptions call) {
        return hooked(
                inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1), (CallOptions) inputs.get(2)),
                src,
                tgt,
                call);
    }

    private void requireSizes(Tensor src, Tensor tgt) {
        int batchDim = options.layer().batchFirst() ? 0 : 1;
        if (src.dim() == 3 && src.size(batchDim) != tgt.size(batchDim)) {
            throw new IllegalArgumentException("the batch number of src and tgt must be equal, but they are "
                    + src.size(batchDim) + " and " + tgt.size(batchDim));
        }
        if (src.size(-1) != options.dModel() || tgt.size(-1) != options.dModel()) {
            throw new IllegalArgumentException("the feature number of src and tgt must be equal to d_model, "
                    + options.dModel() + ", but they are " + src.size(-1) + " and " + tgt.size(-1));
        }
    }
}
