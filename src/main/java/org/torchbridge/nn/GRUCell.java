package org.torchbridge.nn;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * One step of a {@link GRU}. Shapes as in {@link RNNCellBase}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.GRUCell.html">GRUCell</a>.
 */
public class GRUCell extends RNNCellBase<Tensor> {
    private static final int GATES = 3;

    public GRUCell(long inputSize, long hiddenSize) {
        this(inputSize, hiddenSize, true);
    }

    public GRUCell(long inputSize, long hiddenSize, boolean bias) {
        super(inputSize, hiddenSize, bias, GATES);
    }

    @Override
    public Tensor forward(Tensor input, @Nullable Tensor hx) {
        return stepOrStart(input, 1, hx == null ? null : List.of(hx)).get(0);
    }

    @Override
    List<Tensor> step(Tensor input, List<Tensor> hx) {
        return List.of(
                Torch.gruCell(input, hx.get(0), weightIh.tensor(), weightHh.tensor(), tensor(biasIh), tensor(biasHh)));
    }
}
