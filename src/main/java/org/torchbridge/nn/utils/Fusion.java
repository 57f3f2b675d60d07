package org.torchbridge.nn.utils;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.BatchNorm;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;

/**
 * Puts batch normalisation into the layer before it, for evaluation: one layer then does the work of both.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.utils.fuse_conv_bn_eval.html">torch.nn.utils.fusion</a>.
 */
public final class Fusion {
    private Fusion() {}

    /** The weight and bias of a layer that normalises its output. */
    public record Fused(Parameter weight, Parameter bias) {}

    /** A convolution that does what {@code conv} and then {@code bn} do. */
    public static <M extends Layer> M fuseConvBnEval(M conv, BatchNorm bn) {
        return fuseConvBnEval(conv, bn, false);
    }

    /**
     * A convolution that does what {@code conv} and then {@code bn} do.
     *
     * @param transpose whether it is a transposed convolution
     * @throws IllegalArgumentException if one of them is in training mode
     */
    public static <M extends Layer> M fuseConvBnEval(M conv, BatchNorm bn, boolean transpose) {
        M fused = copyForEvaluation(conv, bn);
        set(
                fused,
                fuseConvBnWeights(
                        conv.tensor("weight"),
                        optional(conv, "bias"),
                        bn.tensor("running_mean"),
                        bn.tensor("running_var"),
                        bn.settings().eps(),
                        optional(bn, "weight"),
                        optional(bn, "bias"),
                        transpose));
        return fused;
    }

    /** A linear layer that does what {@code linear} and then {@code bn} do. */
    public static Linear fuseLinearBnEval(Linear linear, BatchNorm bn) {
        Linear fused = copyForEvaluation(linear, bn);
        set(
                fused,
                fuseLinearBnWeights(
                        linear.tensor("weight"),
                        optional(linear, "bias"),
                        bn.tensor("running_mean"),
                        bn.tensor("running_var"),
                        bn.settings().eps(),
                        optional(bn, "weight"),
                        optional(bn, "bias")));
        return fused;
    }

    /**
     * The weight and bias of a convolution with a normalisation put into it; null stands for a bias or shift of 0 and a
     * scale of 1.
     */
    public static Fused fuseConvBnWeights(
            Tensor convW,
            @Nullable Tensor convB,
            Tensor bnRm,
            Tensor bnRv,
            double bnEps,
            @Nullable Tensor bnW,
            @Nullable Tensor bnB,
            boolean transpose) {
        long[] shape = new long[(int) convW.dim()];
        Arrays.fill(shape, 1);
        shape[transpose ? 1 : 0] = -1;
        return fuse(convW, shape, convB, bnRm, bnRv, bnEps, bnW, bnB);
    }

    /** The weight and bias of a linear layer with a normalisation put into it. */
    public static Fused fuseLinearBnWeights(
            Tensor linearW,
            @Nullable Tensor linearB,
            Tensor bnRm,
            Tensor bnRv,
            double bnEps,
            @Nullable Tensor bnW,
            @Nullable Tensor bnB) {
        return fuse(linearW, new long[] {-1, 1}, linearB, bnRm, bnRv, bnEps, bnW, bnB);
    }

    private static Fused fuse(
            Tensor weight,
            long[] shape,
            @Nullable Tensor bias,
            Tensor mean,
            Tensor variance,
            double eps,
            @Nullable Tensor scale,
            @Nullable Tensor shift) {
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            Tensor factor = variance.add(eps).rsqrt().mul(scale == null ? Torch.onesLike(mean) : scale);
            Tensor centred = bias == null ? mean.neg() : bias.sub(mean);
            Tensor fusedBias = centred.mul(factor);
            return new Fused(
                    new Parameter(weight.mul(factor.reshape(shape))),
                    new Parameter(shift == null ? fusedBias : fusedBias.add(shift)));
        }
    }

    private static <M extends Module> M copyForEvaluation(M layer, Module bn) {
        if (layer.isTraining() || bn.isTraining()) {
            throw new IllegalArgumentException("only layers in evaluation mode can be fused; call eval() first");
        }
        return layer.deepCopy();
    }

    private static void set(Module module, Fused fused) {
        module.setParameter("weight", fused.weight());
        module.setParameter("bias", fused.bias());
    }

    private static @Nullable Tensor optional(Module module, String name) {
        return module.namedParameters("", false, true).containsKey(name) ? module.tensor(name) : null;
    }
}
