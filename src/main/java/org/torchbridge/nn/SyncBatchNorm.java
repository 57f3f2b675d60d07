package org.torchbridge.nn;

import java.util.Arrays;
import java.util.Map;
import org.torchbridge.Tensor;

/**
 * A batch norm of inputs (N, C, *) that, in training over several processes, normalises by the mean and variance of all
 * their batches together. There is one process so far, whose batch is all there is: it does what {@link BatchNorm}
 * does, on any device.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.SyncBatchNorm.html">SyncBatchNorm</a>.
 */
public class SyncBatchNorm extends BatchNorm {

    public SyncBatchNorm(long numFeatures) {
        this(numFeatures, options());
    }

    public SyncBatchNorm(long numFeatures, Options options) {
        super(numFeatures, options);
    }

    /** A layer that has the parameters and buffers of {@code norm}. */
    private SyncBatchNorm(BatchNorm norm) {
        super(norm.numFeatures(), norm.settings());
        weight = norm.weight;
        bias = norm.bias;
        runningMean = norm.runningMean;
        runningVar = norm.runningVar;
        numBatchesTracked = norm.numBatchesTracked;
        train(norm.isTraining());
    }

    /**
     * Puts a {@code SyncBatchNorm} with the same parameters and buffers in the place of each batch norm below
     * {@code module}, and returns {@code module}; if it is a batch norm itself, what takes its place.
     *
     * @throws IllegalArgumentException if a batch norm stands in a field of a narrower type than {@link BatchNorm}
     */
    public static Module convertSyncBatchnorm(Module module) {
        if (module instanceof BatchNorm norm) {
            return new SyncBatchNorm(norm);
        }
        for (Map.Entry<String, Module> child : module.namedChildren().entrySet()) {
            Module converted = convertSyncBatchnorm(child.getValue());
            if (converted != child.getValue()) {
                replace(module, child.getKey(), converted);
            }
        }
        return module;
    }

    private static void replace(Module parent, String name, Module converted) {
        try {
            parent.setSubmodule(name, converted);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the field of the child '" + name + "' in "
                            + parent.getClass().getName() + " cannot hold a SyncBatchNorm; declare it as a BatchNorm",
                    e);
        }
    }

    @Override
    void requireShape(Tensor input) {
        if (input.dim() < 2 || input.size(1) == 0) {
            throw new IllegalArgumentException("the input of SyncBatchNorm has the shape "
                    + Arrays.toString(input.shape()) + "; (N, " + numFeatures() + ", *) is expected");
        }
    }
}
