package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * y = x · Aᵀ + b. Input (*, in), output (*, out). At first {@code weight} (out, in) and {@code bias} (out) are uniform
 * between -1/√in and 1/√in.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Linear.html">Linear</a>.
 */
public class Linear extends Layer {
    long inFeatures;
    long outFeatures;
    public Parameter weight;
    public @Nullable Parameter bias;

    public Linear(long inFeatures, long outFeatures) {
        this(inFeatures, outFeatures, true);
    }

    public Linear(long inFeatures, long outFeatures, boolean bias) {
        this.inFeatures = inFeatures;
        this.outFeatures = outFeatures;
        this.weight = new Parameter(Torch.empty(outFeatures, inFeatures));
        this.bias = bias ? new Parameter(Torch.empty(outFeatures)) : null;
        Init.resetWeightAndBias(this.weight, this.bias);
    }

    /** Draws the first values anew. */
    public void resetParameters() {
        Init.resetWeightAndBias(weight, bias);
    }

    public long inFeatures() {
        return inFeatures;
    }

    public long outFeatures() {
        return outFeatures;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Functional.linear(input, weight.tensor(), bias == null ? null : bias.tensor());
    }

    @Override
    public String extraRepr() {
        return "in_features=" + inFeatures + ", out_features=" + outFeatures + ", bias=" + PythonText.of(bias != null);
    }
}
