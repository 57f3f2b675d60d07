package org.torchbridge.autograd;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.ThreadMode;

/**
 * Trades time for memory: what a part of a model saves for backward is not kept, but computed again when backward needs it.
 *
 * <pre>{@code
 * Tensor y = Checkpoint.checkpoint(layer::call, x);
 * }</pre>
 *
 * <p>The part is run once more during backward, under the same autocast settings and, for the CPU, with the same random
 * numbers; it has to do the same again. Follows <a href="https://pytorch.org/docs/stable/checkpoint.html">
 * torch.utils.checkpoint</a> with {@code use_reentrant=False}.
 */
public final class Checkpoint {
    private Checkpoint() {}

    /** Runs {@code function} without keeping what it saves. */
    public static Tensor checkpoint(UnaryOperator<Tensor> function, Tensor input) {
        return checkpoint(inputs -> List.of(function.apply(inputs.get(0))), List.of(input), true)
                .get(0);
    }

    /** Runs {@code function} of several tensors without keeping what it saves. */
    public static List<Tensor> checkpoint(Operation function, @Nullable Tensor... inputs) {
        return checkpoint(function, Arrays.asList(inputs), true);
    }

    /**
     * Runs {@code function} without keeping what it saves.
     *
     * @param inputs passed to the function, both times; null is passed on
     * @param preserveRngState whether the second run has the random numbers of the first
     */
    public static List<Tensor> checkpoint(Operation function, List<@Nullable Tensor> inputs, boolean preserveRngState) {
        CheckpointFrame frame = new CheckpointFrame(function, inputs, preserveRngState);
        try (ThreadMode hooks = frame.forward()) {
            return function.apply(inputs);
        }
    }

    /** {@link #checkpointSequential(List, int, Tensor, boolean)} that preserves the state of the random numbers. */
    public static Tensor checkpointSequential(
            List<? extends UnaryOperator<Tensor>> functions, int segments, Tensor input) {
        return checkpointSequential(functions, segments, input, true);
    }

    /**
     * Runs {@code functions} one after the other in {@code segments} parts of the same length, all but the last of them
     * checkpointed.
     */
    public static Tensor checkpointSequential(
            List<? extends UnaryOperator<Tensor>> functions, int segments, Tensor input, boolean preserveRngState) {
        if (segments < 1 || segments > functions.size()) {
            throw new IllegalArgumentException("segments is " + segments + "; 1 to " + functions.size()
                    + " are possible, the number of functions");
        }
        int length = functions.size() / segments;
        Tensor x = input;
        int start = 0;
        for (; start < length * (segments - 1); start += length) {
            UnaryOperator<Tensor> part = chain(functions.subList(start, start + length));
            x = checkpoint(inputs -> List.of(part.apply(inputs.get(0))), List.of(x), preserveRngState)
                    .get(0);
        }
        return chain(functions.subList(start, functions.size())).apply(x);
    }

    private static UnaryOperator<Tensor> chain(List<? extends UnaryOperator<Tensor>> functions) {
        return input -> {
            Tensor x = input;
            for (UnaryOperator<Tensor> function : functions) {
                x = function.apply(x);
            }
            return x;
        };
    }
}
