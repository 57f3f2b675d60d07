package org.torchbridge.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.NativeTracer;

/**
 * A softmax over many classes that are sorted by how frequent they are, and its loss, computed faster than over all:
 * the head tells the most frequent classes and clusters of the others, a projection in the tail those of one cluster.
 * Input (N, in) or (in), target the {@code int64} classes (N) or ().
 *
 * <pre>{@code
 * AdaptiveLogSoftmaxWithLoss softmax = new AdaptiveLogSoftmaxWithLoss(64, 1000, 10, 100, 500);
 * softmax.call(input, target).loss().backward();
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html">AdaptiveLogSoftmaxWithLoss</a>.
 */
public class AdaptiveLogSoftmaxWithLoss extends Module {
    private final long inFeatures;
    private final long nClasses;
    private final double divValue;
    private final long[] ends;
    public Linear head;
    public ModuleList<Sequential> tail;

    /**
     * @param output the log probability of each target, shape (N) or ()
     * @param loss the mean of -output
     */
    public record Output(Tensor output, Tensor loss) {}

    /** Each cluster has 4 times fewer features than the one before; the head has no bias. */
    public AdaptiveLogSoftmaxWithLoss(long inFeatures, long nClasses, long... cutoffs) {
        this(inFeatures, nClasses, cutoffs, 4, false);
    }

    public AdaptiveLogSoftmaxWithLoss(long inFeatures, long nClasses, long[] cutoffs, double divValue) {
        this(inFeatures, nClasses, cutoffs, divValue, false);
    }

    /**
     * @param cutoffs where the clusters begin: increasing numbers of classes
     * @param divValue how many times fewer features each cluster has than the one before
     * @param headBias whether the head has a bias
     */
    public AdaptiveLogSoftmaxWithLoss(
            long inFeatures, long nClasses, long[] cutoffs, double divValue, boolean headBias) {
        requireIncreasing(cutoffs, nClasses);
        this.inFeatures = inFeatures;
        this.nClasses = nClasses;
        this.divValue = divValue;
        this.ends = Arrays.copyOf(cutoffs, cutoffs.length + 1);
        this.ends[cutoffs.length] = nClasses;
        this.head = new Linear(inFeatures, shortlistSize() + cutoffs.length, headBias);
        this.tail = new ModuleList<>();
        for (int i = 0; i < cutoffs.length; i++) {
            long hidden = (long) (inFeatures / Math.pow(divValue, i + 1));
            tail.append(new Sequential(
                    new Linear(inFeatures, hidden, false), new Linear(hidden, ends[i + 1] - ends[i], false)));
        }
    }

    /** Draws the first values anew. */
    public void resetParameters() {
        head.resetParameters();
        for (Sequential projection : tail) {
            projection.forEach(layer -> ((Linear) layer).resetParameters());
        }
    }

    public long inFeatures() {
        return inFeatures;
    }

    public long nClasses() {
        return nClasses;
    }

    public double divValue() {
        return divValue;
    }

    /** Makes the output from the inputs. Hooks are not run: use {@link #call}. */
    public Output forward(Tensor input, Tensor target) {
        requireShapes(input, target);
        boolean batched = target.dim() == 1;
        Tensor output = batched
                ? targetLogProb(input, target)
                : targetLogProb(input.unsqueeze(0), target.unsqueeze(0)).squeeze(0);
        return new Output(output, output.neg().mean());
    }

    /** Runs {@link #forward} with the hooks before and after it. */
    public final Output call(Tensor input, Tensor target) {
        return hooked(inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1)), input, target);
    }

    /** The log probabilities of all classes: input (N, in), result (N, nClasses). */
    public Tensor logProb(Tensor input) {
        return logProb(input, head.call(input));
    }

    /** The most probable class: input (N, in), result (N). Faster than {@link #logProb} where the head can tell. */
    public Tensor predict(Tensor input) {
        Tensor headOutput = head.call(input);
        Tensor predicted = headOutput.argmax(1);
        Tensor rows = predicted.ge(shortlistSize()).nonzero().squeeze(1);
        if (rows.numel() == 0) {
            return predicted;
        }
        Tensor logProb = logProb(input.indexSelect(0, rows), headOutput.indexSelect(0, rows));
        return predicted.indexCopy(0, rows, logProb.argmax(1));
    }

    private long shortlistSize() {
        return ends[0];
    }

    private Tensor logProb(Tensor input, Tensor headOutput) {
        Tensor headLogProb = headOutput.logSoftmax(1);
        List<Tensor> parts = new ArrayList<>();
        parts.add(headLogProb.narrow(1, 0, shortlistSize()));
        for (int i = 0; i < tail.size(); i++) {
            Tensor cluster = headLogProb.narrow(1, shortlistSize() + i, 1);
            parts.add(clusterLogProb(i, input).add(cluster));
        }
        return Torch.cat(parts, 1);
    }

    private Tensor clusterLogProb(int cluster, Tensor input) {
        return tail.get(cluster).call(input).logSoftmax(1);
    }

    /** The log probability of each row's target: that of its cluster, and in the cluster its own. */
    private Tensor targetLogProb(Tensor input, Tensor target) {
        requireClasses(target);
        Tensor output = input.newZeros(target.shape());
        Tensor headIndex = target;
        for (int i = 0; i < tail.size(); i++) {
            Tensor rows = target.ge(ends[i])
                    .logicalAnd(target.lt(ends[i + 1]))
                    .nonzero()
                    .squeeze(1);
            if (rows.numel() > 0) {
                Tensor index = target.indexSelect(0, rows).sub(ends[i]).unsqueeze(1);
                Tensor logProb = clusterLogProb(i, input.indexSelect(0, rows)).gather(1, index);
                output = output.indexCopy(0, rows, logProb.squeeze(1));
                headIndex = headIndex.indexFill(0, rows, shortlistSize() + i);
            }
        }
        Tensor headLogProb = head.call(input).logSoftmax(1);
        return output.add(headLogProb.gather(1, headIndex.unsqueeze(1)).squeeze(1));
    }

    private void requireClasses(Tensor target) {
        // In a trace, the check would hold for the example alone.
        if (target.numel() == 0 || NativeTracer.isTracing()) {
            return;
        }
        long least = target.min().toLong();
        long most = target.max().toLong();
        if (least < 0 || most >= nClasses) {
            throw new IllegalArgumentException("the targets are from " + least + " to " + most + "; numbers from 0 to "
                    + (nClasses - 1) + " are expected");
        }
    }

    private static void requireShapes(Tensor input, Tensor target) {
        boolean batch = target.dim() == 1 && input.dim() == 2 && input.size(0) == target.size(0);
        boolean single = target.dim() == 0 && input.dim() == 1;
        if (!batch && !single) {
            throw new IllegalArgumentException("the input has the shape " + Arrays.toString(input.shape())
                    + " and the target " + Arrays.toString(target.shape())
                    + "; (N, in) and (N), or (in) and (), are expected");
        }
    }

    private static void requireIncreasing(long[] cutoffs, long nClasses) {
        boolean valid = cutoffs.length > 0;
        long last = 0;
        for (long cutoff : cutoffs) {
            valid &= cutoff > last && cutoff < nClasses;
            last = cutoff;
        }
        if (!valid) {
            throw new IllegalArgumentException("the cutoffs are " + Arrays.toString(cutoffs)
                    + "; increasing numbers from 1 to " + (nClasses - 1) + " are expected");
        }
    }
}
