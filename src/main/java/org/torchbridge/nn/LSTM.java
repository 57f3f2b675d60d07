package org.torchbridge.nn;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.utils.PackedSequence;

/**
 * Long short-term memory, with σ the sigmoid and ⊙ the product of elements. Shapes as in {@link RNNBase}.
 *
 * <pre>
 * i = σ(W_ii · x + b_ii + W_hi · h + b_hi)
 * f = σ(W_if · x + b_if + W_hf · h + b_hf)
 * g = tanh(W_ig · x + b_ig + W_hg · h + b_hg)
 * o = σ(W_io · x + b_io + W_ho · h + b_ho)
 * c' = f ⊙ c + i ⊙ g
 * h' = o ⊙ tanh(c')
 * </pre>
 *
 * <p>{@code weight_ih} is W_ii, W_if, W_ig and W_io one below the other, and so on. With {@code projSize} h' is
 * {@code weight_hr} · (o ⊙ tanh(c')) and has that size, c keeps the hidden size.
 *
 * <pre>{@code
 * LSTM lstm = new LSTM(10, 20, LSTM.options().numLayers(2).batchFirst(true));
 * LSTM.Output first = lstm.call(Torch.randn(3, 5, 10));
 * LSTM.Output next = lstm.call(Torch.randn(3, 5, 10), first.state());
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.LSTM.html">LSTM</a>.
 */
public class LSTM extends RNNBase {
    private static final int GATES = 4;

    public LSTM(long inputSize, long hiddenSize) {
        this(inputSize, hiddenSize, options());
    }

    public LSTM(long inputSize, long hiddenSize, Options options) {
        super(inputSize, hiddenSize, GATES, requireTanh(options));
    }

    /** What is kept from one element to the next: the hidden state h and the cell state c. */
    public record State(Tensor h, Tensor c) {
        List<Tensor> tensors() {
            return List.of(h, c);
        }
    }

    /**
     * What the layer makes of a batch or a sequence.
     *
     * @param output the state h of the last layer at each element
     * @param h the hidden state of each layer after the last element
     * @param c the cell state of each layer after the last element
     */
    public record Output(Tensor output, Tensor h, Tensor c) {
        /** The state to go on from. */
        public State state() {
            return new State(h, c);
        }
    }

    /**
     * What the layer makes of a packed batch.
     *
     * @param output the state h of the last layer at each element
     * @param h the hidden state of each layer after the last element of each sequence
     * @param c the cell state of each layer after the last element of each sequence
     */
    public record PackedOutput(PackedSequence output, Tensor h, Tensor c) {
        /** The state to go on from. */
        public State state() {
            return new State(h, c);
        }
    }

    /** Goes along {@code input}, from {@code hx} on or, if that is null, from zero. Hooks are not run: use call. */
    public Output forward(Tensor input, @Nullable State hx) {
        List<Tensor> result = forward(input, hx == null ? null : hx.tensors());
        return new Output(result.get(0), result.get(1), result.get(2));
    }

    /** Goes along {@code input}, from {@code hx} on or, if that is null, from zero. Hooks are not run: use call. */
    public PackedOutput forward(PackedSequence input, @Nullable State hx) {
        List<Tensor> result = forward(input, hx == null ? null : hx.tensors());
        return new PackedOutput(input.withData(result.get(0)), result.get(1), result.get(2));
    }

    /** {@link #call(Tensor, State)} from a state of zeros on. */
    public final Output call(Tensor input) {
        return call(input, null);
    }

    /** Runs {@link #forward(Tensor, State)} with the hooks before and after it. */
    public final Output call(Tensor input, @Nullable State hx) {
        return hooked(inputs -> forward((Tensor) inputs.get(0), (State) inputs.get(1)), input, hx);
    }

    /** {@link #call(PackedSequence, State)} from a state of zeros on. */
    public final PackedOutput call(PackedSequence input) {
        return call(input, null);
    }

    /** Runs {@link #forward(PackedSequence, State)} with the hooks before and after it. */
    public final PackedOutput call(PackedSequence input, @Nullable State hx) {
        return hooked(inputs -> forward((PackedSequence) inputs.get(0), (State) inputs.get(1)), input, hx);
    }

    @Override
    long[] stateSizes() {
        return new long[] {outputSize(), hiddenSize()};
    }

    @Override
    List<Tensor> run(Tensor input, List<Tensor> hx) {
        return Torch.lstm(
                input,
                hx,
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
        return Torch.lstm(
                data,
                batchSizes,
                hx,
                flatWeights(),
                settings().bias(),
                settings().numLayers(),
                settings().dropout(),
                isTraining(),
                settings().bidirectional());
    }
}
