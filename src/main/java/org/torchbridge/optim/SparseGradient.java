package org.torchbridge.optim;

import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** A sparse gradient with each element once, so that updates that are not linear can be made of its elements. */
record SparseGradient(Tensor gradient, Tensor values) {
    static SparseGradient of(Tensor given, boolean maximize) {
        Tensor gradient = (maximize ? given.neg() : given).coalesce();
        return new SparseGradient(gradient, gradient.values());
    }

    /** Other values in the same places. */
    Tensor with(Tensor others) {
        return Torch.sparseCooTensor(gradient.indices(), others, gradient.shape());
    }

    /** The elements of a dense tensor in these places, as a copy. */
    Tensor elementsOf(Tensor dense) {
        return dense.sparseMask(gradient).values();
    }
}
