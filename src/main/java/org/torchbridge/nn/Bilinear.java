package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * y = x₁ᵀ · A · x₂ + b. Inputs (*, in1) and (*, in2), output (*, out). At first {@code weight} (out, in1, in2) and
 * {@code bias} (out) are uniform between -1/√in1 and 1/√in1.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.Bilinear.html">Bilinear</a>.
 */
public class Bilinear extends PairLayer {
    private final long in1Features;
    private final long in2Features;
    private final long outFeatures;
    public Parameter weight;
    public @Nullable Parameter bias;

    public Bilinear(long in1Features, long in2Features, long outFeatures) {
        this(in1Features, in2Features, outFeatures, true);
    }

    public Bilinear(long in1Features, long in2Features, long outFeatures, boolean bias) {
        this.in1Features = in1Features;
        this.in2Features = in2Features;
        this.outFeatures = outFeatures;
        this.weight = new Parameter(Torch.empty(outFeatures, in1Features, in2Features));
        this.bias = bias ? new Parameter(Torch.empty(outFeatures)) : null;
        resetParameters();
    }

    /** Draws the first values anew. */
    public void resetParameters() {
        double bound = 1 / Math.sqrt(in1Features);
        Init.uniform_(weight.tensor(), -bound, bound);
        if (bias != null) {
            Init.uniform_(bias.tensor(), -bound, bound);
        }
    }

    public long in1Features() {
        return in1Features;
    }

    public long in2Features() {
        return in2Features;
    }

    public long outFeatures() {
        return outFeatures;
    }

    @Override
    public Tensor forward(Tensor x1, Tensor x2) {
        return Functional.bilinear(x1, x2, weight.tensor(), bias == null ? null : bias.tensor());
    }

    @Override
    public String extraRepr() {
        return "in1_features=" + in1Features + ", in2_features=" + in2Features + ", out_features=" + outFeatures
                + ", bias=" + PythonText.of(bias != null);
    }
}
