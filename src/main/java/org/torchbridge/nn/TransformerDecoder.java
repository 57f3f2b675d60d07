package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.nn.TransformerDecoderLayer.CallOptions;

/**
 * Decoder layers one after the other, copies of the one that is given, which start with the same weights; then a
 * normalisation, if there is one. Shapes as in {@link TransformerDecoderLayer}.
 *
 * <pre>{@code
 * TransformerDecoder decoder = new TransformerDecoder(new TransformerDecoderLayer(512, 8), 6);
 * Tensor y = decoder.call(Torch.rand(20, 32, 512), Torch.rand(10, 32, 512));
 * }</pre>
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html">TransformerDecoder</a>.
 */
public class TransformerDecoder extends Module {
    public ModuleList<TransformerDecoderLayer> layers;
    public @Nullable Layer norm;

    public TransformerDecoder(TransformerDecoderLayer decoderLayer, long numLayers) {
        this(decoderLayer, numLayers, null);
    }

    public TransformerDecoder(TransformerDecoderLayer decoderLayer, long numLayers, @Nullable Layer norm) {
        layers = TransformerEncoder.copies(decoderLayer, numLayers);
        this.norm = norm;
    }

    /** The defaults of a call, to be changed one by one. */
    public static CallOptions callOptions() {
        return TransformerDecoderLayer.callOptions();
    }

    public long numLayers() {
        return layers.size();
    }

    /** Passes the target through the layers. Hooks are not run: use call. */
    public Tensor forward(Tensor tgt, Tensor memory, CallOptions call) {
        CallOptions masks = call.tgtIsCausal(AttentionMasks.isCausal(call.tgtMask(), call.tgtIsCausal()));
        Tensor output = tgt;
        for (TransformerDecoderLayer layer : layers) {
            output = layer.call(output, memory, masks);
        }
        return norm == null ? output : norm.call(output);
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
}
