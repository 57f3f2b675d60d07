package org.torchbridge.vision.ops;

import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.PythonNumber;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Layer;

/**
 * {@link org.torchbridge.nn.BatchNorm2d} that learns nothing: weight, bias, mean and variance are buffers. Input and output
 * (N, C, H, W). A state dict of a {@code BatchNorm2d} loads; how many batches that has seen is dropped.
 *
 * <p>Follows
 * <a href="https://pytorch.org/vision/stable/generated/torchvision.ops.FrozenBatchNorm2d.html">FrozenBatchNorm2d</a>.
 */
public class FrozenBatchNorm2d extends Layer {
    private final double eps;
    public Buffer weight;
    public Buffer bias;
    public Buffer runningMean;
    public Buffer runningVar;

    /** With eps 1e-5. */
    public FrozenBatchNorm2d(long numFeatures) {
        this(numFeatures, 1e-5);
    }

    /** @param eps what is added to the variance */
    public FrozenBatchNorm2d(long numFeatures, double eps) {
        this.eps = eps;
        weight = new Buffer(Torch.ones(numFeatures));
        bias = new Buffer(Torch.zeros(numFeatures));
        runningMean = new Buffer(Torch.zeros(numFeatures));
        runningVar = new Buffer(Torch.ones(numFeatures));
        registerLoadStateDictPreHook(
                (module, loading) -> loading.state().remove(loading.prefix() + "num_batches_tracked"));
    }

    public double eps() {
        return eps;
    }

    @Override
    public Tensor forward(Tensor input) {
        Tensor scale = channels(weight).mul(channels(runningVar).add(eps).rsqrt());
        Tensor shift = channels(bias).sub(channels(runningMean).mul(scale));
        return input.mul(scale).add(shift);
    }

    private static Tensor channels(Buffer buffer) {
        return buffer.tensor().reshape(1, -1, 1, 1);
    }

    @Override
    public String extraRepr() {
        return weight.tensor().size(0) + ", eps=" + PythonNumber.repr(eps);
    }
}
