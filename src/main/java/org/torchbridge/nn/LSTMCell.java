package org.torchbridge.nn;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * One step of an {@link LSTM}. Shapes as in {@link RNNCellBase}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html">LSTMCell</a>.
 */
public class LSTMCell extends RNNCellBase<LSTM.State> {
    private static final int GATES = 4;
    private static final int STATES = 2;

    public LSTMCell(long inputSize, long hiddenSize) {
        this(inputSize, hiddenSize, true);
    }

    public LSTMCell(long inputSize, long hiddenSize, boolean bias) {
        super(inputSize, hiddenSize, bias, GATES);
    }

    @Override
    public LSTM.State forward(Tensor input, LSTM.@Nullable State hx) {
        List<Tensor> next = stepOrStart(input, STATES, hx == null ? null : hx.tensors());
        return new LSTM.State(next.get(0), next.get(1));
    }

    @Override
    List<Tensor> step(Tensor input, List<Tensor> hx) {
        return Torch.lstmCell(input, hx, weightIh.tensor(), weightHh.tensor(), tensor(biasIh), tensor(biasHh));
    }
}
