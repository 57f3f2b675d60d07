package org.torchbridge.nn;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.nn.utils.PackedSequence;

/** What {@link RNN} and {@link GRU} have in common: a state of one tensor, h. */
public abstract class SingleStateRNN extends RNNBase {

    SingleStateRNN(long inputSize, long hiddenSize, int gates, Options options) {
        super(inputSize, hiddenSize, gates, requireNoProjection(options));
    }

    /**
     * What the layer makes of a batch or a sequence.
     *
     * @param output the state h of the last layer at each element
     * @param h the state of each layer after the last element
     */
    public record Output(Tensor output, Tensor h) {}

    /**
     * What the layer makes of a packed batch.
     *
     * @param output the state h of the last layer at each element
     * @param h the state of each layer after the last element of each sequence
     */
    public record PackedOutput(PackedSequence output, Tensor h) {}

    /** Goes along {@code input}, from {@code hx} on or, if that is null, from zero. Hooks are not run: use call. */
    public Output forward(Tensor input, @Nullable Tensor hx) {
        List<Tensor> result = forward(input, hx == null ? null : List.of(hx));
        return new Output(result.get(0), result.get(1));
    }

    /** Goes along {@code input}, from {@code hx} on or, if that is null, from zero. Hooks are not run: use call. */
    public PackedOutput forward(PackedSequence input, @Nullable Tensor hx) {
        List<Tensor> result = forward(input, hx == null ? null : List.of(hx));
        return new PackedOutput(input.withData(result.get(0)), result.get(1));
    }

    /** {@link #call(Tensor, Tensor)} from a state of zeros on. */
    public final Output call(Tensor input) {
        return call(input, null);
    }

    /** Runs {@link #forward(Tensor, Tensor)} with the hooks before and after it. */
    public final Output call(Tensor input, @Nullable Tensor hx) {
        return hooked(inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1)), input, hx);
    }

    /** {@link #call(PackedSequence, Tensor)} from a state of zeros on. */
    public final PackedOutput call(PackedSequence input) {
        return call(input, null);
    }

    /** Runs {@link #forward(PackedSequence, Tensor)} with the hooks before and after it. */
    public final PackedOutput call(PackedSequence input, @Nullable Tensor hx) {
        return hooked(inputs -> forward((PackedSequence) inputs.get(0), (Tensor) inputs.get(1)), input, hx);
    }

    @Override
    long[] stateSizes() {
        return new long[] {hiddenSize()};
    }

    private static Options requireNoProjection(Options options) {
        if (options.projSize() != 0) {
            throw new IllegalArgumentException(
                    "projSize is " + options.projSize() + "; it is supported for an LSTM only, not for an RNN or GRU");
        }
        return options;
    }
}
