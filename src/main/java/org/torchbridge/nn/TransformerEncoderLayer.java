package org.torchbridge.nn;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * Self-attention, then a feed-forward network of two linear layers, each added to its input and normalised, as in
 * "Attention Is All You Need". Input and output (L, N, E), or (N, L, E) if {@code batchFirst}, or (L, E).
 *
 * <pre>{@code
 * TransformerEncoderLayer layer = new TransformerEncoderLayer(512, 8, TransformerEncoderLayer.options().batchFirst(true));
 * Tensor y = layer.call(Torch.rand(32, 10, 512));
 * }</pre>
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html">TransformerEncoderLayer</a>.
 */
public class TransformerEncoderLayer extends Layer {
    private final Options options;
    public MultiheadAttention selfAttn;
    public Linear linear1;
    public Dropout dropout;
    public Linear linear2;
    public LayerNorm norm1;
    public LayerNorm norm2;
    public Dropout dropout1;
    public Dropout dropout2;

    /** What stands between the two linear layers, unless it is a function of one's own. */
    public enum Activation implements UnaryOperator<Tensor> {
        RELU {
            @Override
            public Tensor apply(Tensor input) {
                return Functional.relu(input);
            }
        },
        GELU {
            @Override
            public Tensor apply(Tensor input) {
                return Functional.gelu(input);
            }
        }
    }

    /**
     * 2048 features between the linear layers, dropout 0.1, ReLU, eps 1e-5, (L, N, E), normalised last, with biases,
     * unless set otherwise.
     *
     * @param dimFeedforward the features between the two linear layers
     * @param dropout the probability with which an element is zeroed, of the attention's weights too
     * @param activation what stands between the two linear layers
     * @param layerNormEps what is added to the variance
     * @param batchFirst whether tensors are (N, L, E) instead of (L, N, E)
     * @param normFirst whether the inputs of attention and network are normalised, instead of the sums
     * @param bias whether the linear layers and normalisations have biases
     */
    public record Options(
            long dimFeedforward,
            double dropout,
            UnaryOperator<Tensor> activation,
            double layerNormEps,
            boolean batchFirst,
            boolean normFirst,
            boolean bias) {
        private static final Options DEFAULT = new Options(2048, 0.1, Activation.RELU, 1e-5, false, false, true);

        public Options dimFeedforward(long dimFeedforward) {
            return Records.with(this, "dimFeedforward", dimFeedforward);
        }

        public Options dropout(double dropout) {
            return Records.with(this, "dropout", dropout);
        }

        public Options activation(Activation activation) {
            return activation((UnaryOperator<Tensor>) activation);
        }

        public Options activation(UnaryOperator<Tensor> activation) {
            return Records.with(this, "activation", activation);
        }

        public Options layerNormEps(double layerNormEps) {
            return Records.with(this, "layerNormEps", layerNormEps);
        }

        public Options batchFirst(boolean batchFirst) {
            return Records.with(this, "batchFirst", batchFirst);
        }

        public Options normFirst(boolean normFirst) {
            return Records.with(this, "normFirst", normFirst);
        }

        public Options bias(boolean bias) {
            return Records.with(this, "bias", bias);
        }

        MultiheadAttention attention(long dModel, long nhead) {
            return new MultiheadAttention(
                    dModel,
                    nhead,
                    MultiheadAttention.options().dropout(dropout).bias(bias).batchFirst(batchFirst));
        }

        LayerNorm norm(long dModel) {
            return new LayerNorm(dModel, LayerNorm.options().eps(layerNormEps).bias(bias));
        }
    }

    /**
     * Without masks, unless set otherwise.
     *
     * @param srcMask (L, L) or (N · heads, L, L): true where an element does not attend to another, or numbers to be
     *     added to the scores
     * @param srcKeyPaddingMask (N, L) or (L): true where an element is not attended to
     * @param isCausal whether {@code srcMask} is the one of {@link Transformer#generateSquareSubsequentMask}, which is
     *     faster to know
     */
    public record CallOptions(@Nullable Tensor srcMask, @Nullable Tensor srcKeyPaddingMask, boolean isCausal) {
        private static final CallOptions DEFAULT = new CallOptions(null, null, false);

        public CallOptions srcMask(@Nullable Tensor srcMask) {
            return Records.with(this, "srcMask", srcMask);
        }

        public CallOptions srcKeyPaddingMask(@Nullable Tensor srcKeyPaddingMask) {
            return Records.with(this, "srcKeyPaddingMask", srcKeyPaddingMask);
        }

        public CallOptions isCausal(boolean isCausal) {
            return Records.with(this, "isCausal", isCausal);
        }
    }

    public TransformerEncoderLayer(long dModel, long nhead) {
        this(dModel, nhead, options());
    }

    public TransformerEncoderLayer(long dModel, long nhead, Options options) {
        this.options = options;
        selfAttn = options.attention(dModel, nhead);
        linear1 = new Linear(dModel, options.dimFeedforward(), options.bias());
        dropout = new Dropout(options.dropout());
        linear2 = new Linear(options.dimFeedforward(), dModel, options.bias());
        norm1 = options.norm(dModel);
        norm2 = options.norm(dModel);
        dropout1 = new Dropout(options.dropout());
        dropout2 = new Dropout(options.dropout());
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** The defaults of a call, to be changed one by one. */
    public static CallOptions callOptions() {
        return CallOptions.DEFAULT;
    }

    /** The options this layer was made with. */
    public Options settings() {
        return options;
    }

    @Override
    public Tensor forward(Tensor src) {
        return forward(src, callOptions());
    }

    /** Makes the output from the input. Hooks are not run: use call. */
    public Tensor forward(Tensor src, CallOptions call) {
        if (options.normFirst()) {
            Tensor x = src.add(attend(norm1.call(src), call));
            return x.add(feedForward(norm2.call(x)));
        }
        Tensor x = norm1.call(src.add(attend(src, call)));
        return norm2.call(x.add(feedForward(x)));
    }

    /** Runs {@link #forward(Tensor, CallOptions)} with the hooks before and after it. */
    public final Tensor call(Tensor src, CallOptions call) {
        return hooked(inputs -> forward((Tensor) inputs.get(0), (CallOptions) inputs.get(1)), src, call);
    }

    private Tensor attend(Tensor x, CallOptions call) {
        MultiheadAttention.CallOptions masks = MultiheadAttention.callOptions()
                .attnMask(call.srcMask())
                .keyPaddingMask(call.srcKeyPaddingMask())
                .isCausal(call.isCausal())
                .needWeights(false);
        return dropout1.call(selfAttn.call(x, x, x, masks).attnOutput());
    }

    private Tensor feedForward(Tensor x) {
        Tensor hidden = dropout.call(options.activation().apply(linear1.call(x)));
        return dropout2.call(linear2.call(hidden));
    }
}
