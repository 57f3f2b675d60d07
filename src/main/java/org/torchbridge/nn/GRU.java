package org.torchbridge.nn;

import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * Gated recurrent units, with σ the sigmoid and ⊙ the product of elements. Shapes as in {@link RNNBase}.
 *
 * <pre>
 * r = σ(W_ir · x + b_ir + W_hr · h + b_hr)
 * z = σ(W_iz · x + b_iz + W_hz · h + b_hz)
 * n = tanh(W_in · x + b_in + r ⊙ (W_hn · h + b_hn))
 * h' = (1 - z) ⊙ n + z ⊙ h
 * </pre>
 *
 * <p>{@code weight_ih} is W_ir, W_iz and W_in one below the other, and so on.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.GRU.html">GRU</a>.
 */
public class GRU extends SingleStateRNN {
    private static final int GATES = 3;

    public GRU(long inputSize, long hiddenSize) {
        this(inputSize, hiddenSize, options());
    }

    public GRU(long inputSize, long hiddenSize, Options options) {
        super(inputSize, hiddenSize, GATES, requireTanh(options));
    }

    @Override
    List<Tensor> run(Tensor input, List<Tensor> hx) {
        return Torch.gru(
                input,
                hx.get(0),
                flatWeights(),
                settings().bias(),
                settings().numLayers(),
                settings().dropout(),
                isTraining(),
                settings().bidirectional(),
                settings().batchFirst());
    }

    @Override
    List<Tensor> run(Tensor data, Tensor batchSizes, List<Tensor> hx) {
        return Torch.gru(
                data,
                batchSizes,
                hx.get(0),
                flatWeights(),
                settings().bias(),
                settings().numLayers(),
                settings().dropout(),
                isTraining(),
                settings().bidirectional());
    }
}
