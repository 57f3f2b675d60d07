package org.torchbridge.nn;

import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;

/**
 * Encoder layers one after the other, copies of the one that is given, which start with the same weights; then a
 * normalisation, if there is one. Shapes as in {@link TransformerEncoderLayer}.
 *
 * <pre>{@code
 * TransformerEncoder encoder = new TransformerEncoder(new TransformerEncoderLayer(512, 8), 6);
 * Tensor y = encoder.call(Torch.rand(10, 32, 512));
 * }</pre>
 *
 * <p>Where Python takes a path over nested tensors (in evaluation mode, without gradients, batch first, with a padding
 * mask at the end of sequences), the elements that {@code srcKeyPaddingMask} hides come out as zeros; here they come out
 * as in training mode. All others are equal.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html">TransformerEncoder</a>.
 */
public class TransformerEncoder extends Layer {
    public ModuleList<TransformerEncoderLayer> layers;
    public @Nullable Layer norm;

    /**
     * Without masks, unless set otherwise.
     *
     * @param mask (L, L) or (N · heads, L, L): true where an element does not attend to another, or numbers to be added
     *     to the scores
     * @param srcKeyPaddingMask (N, L) or (L): true where an element is not attended to
     * @param isCausal whether {@code mask} is the one of {@link Transformer#generateSquareSubsequentMask}, which is
     *     faster to know; null means to find it out
     */
    public record CallOptions(@Nullable Tensor mask, @Nullable Tensor srcKeyPaddingMask, @Nullable Boolean isCausal) {
        private static final CallOptions DEFAULT = new CallOptions(null, null, null);

        public CallOptions mask(@Nullable Tensor mask) {
            return Records.with(this, "mask", mask);
        }

        public CallOptions srcKeyPaddingMask(@Nullable Tensor srcKeyPaddingMask) {
            return Records.with(this, "srcKeyPaddingMask", srcKeyPaddingMask);
        }

        public CallOptions isCausal(@Nullable Boolean isCausal) {
            return Records.with(this, "isCausal", isCausal);
        }
    }

    public TransformerEncoder(TransformerEncoderLayer encoderLayer, long numLayers) {
        this(encoderLayer, numLayers, null);
    }

    public TransformerEncoder(TransformerEncoderLayer encoderLayer, long numLayers, @Nullable Layer norm) {
        layers = copies(encoderLayer, numLayers);
        this.norm = norm;
    }

    /** The defaults of a call, to be changed one by one. */
    public static CallOptions callOptions() {
        return CallOptions.DEFAULT;
    }

    public long numLayers() {
        return layers.size();
    }

    @Override
    public Tensor forward(Tensor src) {
        return forward(src, callOptions());
    }

    /** Passes the source through the layers. Hooks are not run: use call. */
    public Tensor forward(Tensor src, CallOptions call) {
        TransformerEncoderLayer.CallOptions masks = TransformerEncoderLayer.callOptions()
                .srcMask(call.mask())
                .srcKeyPaddingMask(call.srcKeyPaddingMask())
                .isCausal(AttentionMasks.isCausal(call.mask(), call.isCausal()));
        Tensor output = src;
        for (TransformerEncoderLayer layer : layers) {
            output = layer.call(output, masks);
        }
        return norm == null ? output : norm.call(output);
    }

    /** Runs {@link #forward(Tensor, CallOptions)} with the hooks before and after it. */
    public final Tensor call(Tensor src, CallOptions call) {
        return hooked(inputs -> forward((Tensor) inputs.get(0), (CallOptions) inputs.get(1)), src, call);
    }

    static <M extends Module> ModuleList<M> copies(M layer, long count) {
        if (count <= 0) {
            throw new IllegalArgumentException("numLayers is " + count + "; a positive number is expected");
        }
        return new ModuleList<>(
                LongStream.range(0, count).mapToObj(i -> layer.<M>deepCopy()).toList());
    }
}
