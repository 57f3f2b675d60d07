package org.torchbridge.nn;

import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Records;

/**
 * Connectionist temporal classification: how unlikely a sequence of labels is, summed over all ways to align it with a
 * longer sequence of log probabilities, in which blanks may stand between the labels.
 *
 * <p>The log probabilities, as {@link LogSoftmax} makes them, are (T, N, C) or (T, C). The targets are (N, S), each row
 * padded, or all one after the other (the sum of their lengths); or (S). The lengths of the sequences are (N), or (), each
 * at most T and S. Output a number, or (N) or () if not reduced; the mean is that of the losses over their targets'
 * lengths.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.CTCLoss.html">CTCLoss</a>.
 */
public class CTCLoss extends Module {
    private final Options options;

    /**
     * The blank is class 0, the mean, infinite losses stay, unless set otherwise.
     *
     * @param blank the class that stands for no label
     * @param zeroInfinity whether the loss of a target that is too long to be aligned is 0 and not infinite
     */
    public record Options(long blank, Reduction reduction, boolean zeroInfinity) {
        private static final Options DEFAULT = new Options(0, Reduction.MEAN, false);

        public Options blank(long blank) {
            return Records.with(this, "blank", blank);
        }

        public Options reduction(Reduction reduction) {
            return Records.with(this, "reduction", reduction);
        }

        public Options zeroInfinity(boolean zeroInfinity) {
            return Records.with(this, "zeroInfinity", zeroInfinity);
        }
    }

    public CTCLoss() {
        this(options());
    }

    public CTCLoss(Options options) {
        this.options = options;
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** The options this loss was made with. */
    public Options settings() {
        return options;
    }

    /** The loss of {@code targets}, of which and of {@code logProbs} the lengths say how much counts. */
    public Tensor forward(Tensor logProbs, Tensor targets, Tensor inputLengths, Tensor targetLengths) {
        return Functional.ctcLoss(logProbs, targets, inputLengths, targetLengths, options);
    }

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Tensor call(Tensor logProbs, Tensor targets, Tensor inputLengths, Tensor targetLengths) {
        return hooked(
                inputs -> forward(
                        (Tensor) inputs.get(0), (Tensor) inputs.get(1), (Tensor) inputs.get(2), (Tensor) inputs.get(3)),
                logProbs,
                targets,
                inputLengths,
                targetLengths);
    }

    /** {@link #call(Tensor, Tensor, Tensor, Tensor)} with the lengths as numbers. */
    public final Tensor call(Tensor logProbs, Tensor targets, long[] inputLengths, long[] targetLengths) {
        return call(logProbs, targets, Torch.tensor(inputLengths), Torch.tensor(targetLengths));
    }
}
