package org.torchbridge.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

/**
 * What {@link RNNCell}, {@link LSTMCell} and {@link GRUCell} have in common: one step from an input and a state to the
 * next state. Input (N, in) or (in), state (N, hidden) or (hidden); if no state is given, it is zero.
 *
 * <p>{@code weight_ih} is (gates · hidden, in), {@code weight_hh} (gates · hidden, hidden), {@code bias_ih} and
 * {@code bias_hh} (gates · hidden). At first all are uniform between -1/√hidden and 1/√hidden.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.RNNCell.html">RNNCell</a>.
 *
 * @param <S> the state
 */
public abstract class RNNCellBase<S> extends Module {
    private final long inputSize;
    private final long hiddenSize;
    public Parameter weightIh;
    public Parameter weightHh;
    public @Nullable Parameter biasIh;
    public @Nullable Parameter biasHh;

    /** A cell with {@code gates} gates. */
    RNNCellBase(long inputSize, long hiddenSize, boolean bias, int gates) {
        this.inputSize = inputSize;
        this.hiddenSize = hiddenSize;
        weightIh = new Parameter(Torch.empty(gates * hiddenSize, inputSize));
        weightHh = new Parameter(Torch.empty(gates * hiddenSize, hiddenSize));
        biasIh = bias ? new Parameter(Torch.empty(gates * hiddenSize)) : null;
        biasHh = bias ? new Parameter(Torch.empty(gates * hiddenSize)) : null;
        resetParameters();
    }

    public long inputSize() {
        return inputSize;
    }

    public long hiddenSize() {
        return hiddenSize;
    }

    /** Gives all parameters new values: uniform between -1/√hidden and 1/√hidden. */
    public void resetParameters() {
        double bound = hiddenSize > 0 ? 1 / Math.sqrt(hiddenSize) : 0;
        parameters().forEach(parameter -> Init.uniform_(parameter.tensor(), -bound, bound));
    }

    /** Makes the next state from {@code hx} or, if that is null, from zero. Hooks are not run: use call. */
    public abstract S forward(Tensor input, @Nullable S hx);

    /** {@link #call(Tensor, Object)} from a state of zeros on. */
    public final S call(Tensor input) {
        return call(input, null);
    }

    /** Runs {@link #forward} with the hooks before and after it. */
    @SuppressWarnings("unchecked") // a hook that gives another state fails in forward
    public final S call(Tensor input, @Nullable S hx) {
        return hooked(inputs -> forward((Tensor) inputs.get(0), (S) inputs.get(1)), input, hx);
    }

    @Override
    public String extraRepr() {
        return inputSize + ", " + hiddenSize + (biasIh == null ? ", bias=False" : "");
    }

    /** One step of a batch: the tensors of the next state. */
    abstract List<Tensor> step(Tensor input, List<Tensor> hx);

    /** One step of a batch, or of one input on its own, from {@code hx} or from {@code states} tensors of zeros. */
    final List<Tensor> stepOrStart(Tensor input, int states, @Nullable List<Tensor> hx) {
        requireVectors("input", input);
        if (hx != null) {
            for (int i = 0; i < states; i++) {
                requireVectors(states == 1 ? "hidden" : "hx[" + i + "]", hx.get(i));
            }
        }
        if (input.dim() == 2) {
            return step(input, hx == null ? zeros(input, states) : hx);
        }
        Tensor batch = input.unsqueeze(0);
        List<Tensor> next = new ArrayList<>(step(
                batch,
                hx == null
                        ? zeros(batch, states)
                        : hx.stream().map(each -> each.unsqueeze(0)).toList()));
        next.replaceAll(each -> each.squeeze(0));
        return next;
    }

    static @Nullable Tensor tensor(@Nullable Parameter parameter) {
        return parameter == null ? null : parameter.tensor();
    }

    private List<Tensor> zeros(Tensor input, int states) {
        TensorOptions like = TensorOptions.of(input.dtype()).device(input.device());
        Tensor zeros = Torch.zeros(new long[] {input.size(0), hiddenSize}, like);
        return Stream.generate(() -> zeros).limit(states).toList();
    }

    private void requireVectors(String name, Tensor tensor) {
        if (tensor.dim() != 1 && tensor.dim() != 2) {
            throw new IllegalArgumentException(
                    typeName() + ": Expected " + name + " to be 1D or 2D, got " + tensor.dim() + "D instead");
        }
    }
}
