package org.torchbridge.nn.utils;

import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Tensor;

/**
 * A batch of sequences of different lengths without padding: first the first elements of all sequences, the longest
 * sequence first, then the second elements of those that have one, and so on. {@link Rnn} makes it, the recurrent
 * layers take and return it.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.PackedSequence.html">PackedSequence</a>.
 *
 * @param data the elements, shape (sum of the lengths, *)
 * @param batchSizes how many sequences have an element at each step, {@code int64} on the CPU
 * @param sortedIndices where each sequence of this batch was in the batch it was packed from; null if at the same place
 * @param unsortedIndices where each sequence of the batch it was packed from is in this one
 */
public record PackedSequence(
        Tensor data, Tensor batchSizes, @Nullable Tensor sortedIndices, @Nullable Tensor unsortedIndices) {

    public PackedSequence {
        if (!batchSizes.device().isCpu()) {
            throw new IllegalArgumentException("batchSizes are on " + batchSizes.device()
                    + "; they are expected on the CPU. Rnn.packSequence and Rnn.packPaddedSequence make them so");
        }
    }

    /** A batch whose sequences were sorted by {@code sortedIndices}, or not at all if that is null. */
    public PackedSequence(Tensor data, Tensor batchSizes, @Nullable Tensor sortedIndices) {
        this(data, batchSizes, sortedIndices, sortedIndices == null ? null : Rnn.invertPermutation(sortedIndices));
    }

    /** A batch whose sequences were the longest first already. */
    public PackedSequence(Tensor data, Tensor batchSizes) {
        this(data, batchSizes, null, null);
    }

    /** This batch with other elements in the same places. */
    public PackedSequence withData(Tensor data) {
        return new PackedSequence(data, batchSizes, sortedIndices, unsortedIndices);
    }

    /** This batch with its elements and indices on {@code device}; the batch sizes stay on the CPU. */
    public PackedSequence to(Device device) {
        return new PackedSequence(
                data.to(device),
                batchSizes,
                sortedIndices == null ? null : sortedIndices.to(device),
                unsortedIndices == null ? null : unsortedIndices.to(device));
    }

    /** This batch with elements of type {@code dtype}. */
    public PackedSequence to(DType dtype) {
        return withData(data.to(dtype));
    }

    public PackedSequence cpu() {
        return to(Device.CPU);
    }

    public PackedSequence cuda() {
        return to(Device.of("cuda"));
    }
}
