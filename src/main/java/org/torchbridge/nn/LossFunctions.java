package org.torchbridge.nn;

import java.util.Arrays;
import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** The part of {@link Functional} for losses. */
abstract class LossFunctions extends AttentionFunctions {
    LossFunctions() {}

    public static Tensor crossEntropy(Tensor input, Tensor target) {
        return crossEntropy(input, target, CrossEntropyLoss.options());
    }

    /** See {@link CrossEntropyLoss}. */
    public static Tensor crossEntropy(Tensor input, Tensor target, CrossEntropyLoss.Options options) {
        return Torch.crossEntropyLoss(
                input,
                target,
                options.weight(),
                options.reduction().code(),
                options.ignoreIndex(),
                options.labelSmoothing());
    }

    public static Tensor nllLoss(Tensor input, Tensor target) {
        return nllLoss(input, target, NLLLoss.options());
    }

    /** See {@link NLLLoss}. */
    public static Tensor nllLoss(Tensor input, Tensor target, NLLLoss.Options options) {
        return Torch.nllLossNd(
                input, target, options.weight(), options.reduction().code(), options.ignoreIndex());
    }

    public static Tensor mseLoss(Tensor input, Tensor target) {
        return mseLoss(input, target, Reduction.MEAN);
    }

    /** See {@link MSELoss}. */
    public static Tensor mseLoss(Tensor input, Tensor target, Reduction reduction) {
        if (Arrays.equals(input.shape(), target.shape())) {
            return Torch.mseLoss(input, target, reduction.code());
        }
        List<Tensor> expanded = Torch.broadcastTensors(List.of(input, target));
        return Torch.mseLoss(expanded.get(0), expanded.get(1), reduction.code());
    }
}
