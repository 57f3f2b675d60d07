package org.torchbridge.nn;

import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * An Elman network: h' = tanh(W_ih · x + b_ih + W_hh · h + b_hh), or a ReLU instead of the tanh. Shapes as in
 * {@link RNNBase}.
 *
 * <pre>{@code
 * RNN rnn = new RNN(10, 20, RNN.options().numLayers(2));
 * RNN.Output output = rnn.call(Torch.randn(5, 3, 10));
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.RNN.html">RNN</a>.
 */
public class RNN extends SingleStateRNN {

    public RNN(long inputSize, long hiddenSize) {
        this(inputSize, hiddenSize, options());
    }

    public RNN(long inputSize, long hiddenSize, Options options) {
        super(inputSize, hiddenSize, 1, options);
    }

    @Override
    List<Tensor> run(Tensor input, List<Tensor> hx) {
        Options options = settings();
        return switch (options.nonlinearity()) {
            case TANH -> Torch.rnnTanh(
                    input,
                    hx.get(0),
                    flatWeights(),
                    options.bias(),
                    options.numLayers(),
                    options.dropout(),
                    isTraining(),
                    options.bidirectional(),
                    options.batchFirst());
            case RELU -> Torch.rnnRelu(
                    input,
                    hx.get(0),
                    flatWeights(),
                    options.bias(),
                    options.numLayers(),
                    options.dropout(),
                    isTraining(),
                    options.bidirectional(),
                    options.batchFirst());
        };
    }

    @Override
    List<Tensor> run(Tensor data, Tensor batchSizes, List<Tensor> hx) {
        Options options = settings();
        return switch (options.nonlinearity()) {
            case TANH -> Torch.rnnTanh(
                    data,
                    batchSizes,
                    hx.get(0),
                    flatWeights(),
                    options.bias(),
                    options.numLayers(),
                    options.dropout(),
                    isTraining(),
                    options.bidirectional());
            case RELU -> Torch.rnnRelu(
                    data,
                    batchSizes,
                    hx.get(0),
                    flatWeights(),
                    options.bias(),
                    options.numLayers(),
                    options.dropout(),
                    isTraining(),
                    options.bidirectional());
        };
    }
}
