package org.torchbridge.nn;

import org.torchbridge.Tensor;

/** What a loss makes of the losses of its elements. */
public enum Reduction {
    /** Nothing: one loss for each element. */
    NONE,
    /** Their mean; with class weights or an ignored class the weighted mean of those that count. */
    MEAN,
    /** Their sum. */
    SUM,
    /** Their sum over the size of the batch, for a {@link KLDivLoss} only. */
    BATCHMEAN;

    /** libtorch's number. */
    int code() {
        if (this == BATCHMEAN) {
            throw new IllegalArgumentException(
                    "the reduction is BATCHMEAN, which is for a KLDivLoss; NONE, MEAN or SUM is expected");
        }
        return ordinal();
    }

    /** Reduces the losses of the elements. */
    Tensor of(Tensor losses) {
        return switch (code()) {
            case 1 -> losses.mean();
            case 2 -> losses.sum();
            default -> losses;
        };
    }
}
