package org.torchbridge.nn;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * One step of an {@link RNN}: h' = tanh(W_ih · x + b_ih + W_hh · h + b_hh), or a ReLU instead of the tanh. Shapes as in
 * {@link RNNCellBase}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.RNNCell.html">RNNCell</a>.
 */
public class RNNCell extends RNNCellBase<Tensor> {
    private final RNNBase.Nonlinearity nonlinearity;

    public RNNCell(long inputSize, long hiddenSize) {
        this(inputSize, hiddenSize, true);
    }

    public RNNCell(long inputSize, long hiddenSize, boolean bias) {
        this(inputSize, hiddenSize, bias, RNNBase.Nonlinearity.TANH);
    }

    public RNNCell(long inputSize, long hiddenSize, boolean bias, RNNBase.Nonlinearity nonlinearity) {
        super(inputSize, hiddenSize, bias, 1);
        this.nonlinearity = nonlinearity;
    }

    @Override
    public Tensor forward(Tensor input, @Nullable Tensor hx) {
        return stepOrStart(input, 1, hx == null ? null : List.of(hx)).get(0);
    }

    @Override
    public String extraRepr() {
        return super.extraRepr() + (nonlinearity == RNNBase.Nonlinearity.TANH ? "" : ", nonlinearity=relu");
    }

    @Override
    List<Tensor> step(Tensor input, List<Tensor> hx) {
        Tensor h = hx.get(0);
        Tensor ih = weightIh.tensor();
        Tensor hh = weightHh.tensor();
        return List.of(
                switch (nonlinearity) {
                    case TANH -> Torch.rnnTanhCell(input, h, ih, hh, tensor(biasIh), tensor(biasHh));
                    case RELU -> Torch.rnnReluCell(input, h, ih, hh, tensor(biasIh), tensor(biasHh));
                });
    }
}
