package org.torchbridge.nn.utils;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.TorchOperators;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeOperators;

/**
 * Batches of sequences of different lengths: padded to one length, or packed into a {@link PackedSequence}. Shapes are
 * (L, N, *), or (N, L, *) if {@code batchFirst}, for N sequences of up to L elements.
 *
 * <pre>{@code
 * PackedSequence packed = Rnn.packSequence(sentences, false);
 * LSTM.PackedOutput output = lstm.call(packed);
 * List<Tensor> perSentence = Rnn.unpackSequence(output.output());
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/nn.html#module-torch.nn.utils.rnn">torch.nn.utils.rnn</a>.
 */
public final class Rnn {
    private static final int FLOATING_POINT_SCALAR = 0;

    private Rnn() {}

    /** A padded batch and the length of each of its sequences, {@code int64} on the CPU. */
    public record Padded(Tensor output, Tensor lengths) {}

    /** Where a sequence is padded. */
    public enum PaddingSide {
        LEFT,
        RIGHT;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    // ---- packing

    /** Packs a padded batch (L, N, *) whose sequences are the longest first. */
    public static PackedSequence packPaddedSequence(Tensor input, Tensor lengths) {
        return packPaddedSequence(input, lengths, false, true);
    }

    /** Packs a padded batch (L, N, *), or (N, L, *), whose sequences are the longest first. */
    public static PackedSequence packPaddedSequence(Tensor input, Tensor lengths, boolean batchFirst) {
        return packPaddedSequence(input, lengths, batchFirst, true);
    }

    /**
     * Packs a padded batch.
     *
     * @param lengths the length of each sequence, 1 or more, {@code int64} on the CPU
     * @param enforceSorted whether the sequences have to be the longest first; if not, they are sorted
     */
    public static PackedSequence packPaddedSequence(
            Tensor input, Tensor lengths, boolean batchFirst, boolean enforceSorted) {
        if (enforceSorted) {
            return pack(input, lengths, batchFirst, null);
        }
        TorchOperators.ValuesIndices sorted = lengths.sort(-1, true);
        Tensor sortedIndices = sorted.indices().to(input.device());
        return pack(input.indexSelect(batchFirst ? 0 : 1, sortedIndices), sorted.values(), batchFirst, sortedIndices);
    }

    /** Packs sequences (L, *), the longest first. */
    public static PackedSequence packSequence(List<Tensor> sequences) {
        return packSequence(sequences, true);
    }

    /** Packs sequences (L, *); unless {@code enforceSorted}, in any order. */
    public static PackedSequence packSequence(List<Tensor> sequences, boolean enforceSorted) {
        long[] lengths =
                sequences.stream().mapToLong(sequence -> sequence.size(0)).toArray();
        return packPaddedSequence(padSequence(sequences), Torch.tensor(lengths), false, enforceSorted);
    }

    /** The sequences of a packed batch, in the order in which they were before it was packed. */
    public static List<Tensor> unpackSequence(PackedSequence packedSequences) {
        Padded padded = padPackedSequence(packedSequences, true);
        return unpadSequence(padded.output(), padded.lengths(), true);
    }

    // ---- padding

    /** Pads a packed batch with zeros to (L, N, *). */
    public static Padded padPackedSequence(PackedSequence sequence) {
        return padPackedSequence(sequence, false);
    }

    /** Pads a packed batch with zeros to (L, N, *) or (N, L, *). */
    public static Padded padPackedSequence(PackedSequence sequence, boolean batchFirst) {
        return padPackedSequence(sequence, batchFirst, 0, null);
    }

    /**
     * Pads a packed batch. The sequences are in the order in which they were before it was packed.
     *
     * @param totalLength the length to pad to; null means that of the longest sequence
     */
    public static Padded padPackedSequence(
            PackedSequence sequence, boolean batchFirst, double paddingValue, @Nullable Long totalLength) {
        long longest = sequence.batchSizes().size(0);
        if (totalLength != null && totalLength < longest) {
            throw new IllegalArgumentException("totalLength is " + totalLength
                    + "; at least the length of the longest sequence, " + longest + ", is expected");
        }
        Padded padded = pad(sequence, batchFirst, paddingValue, totalLength == null ? longest : totalLength);
        Tensor order = sequence.unsortedIndices();
        if (order == null) {
            return padded;
        }
        return new Padded(
                padded.output().indexSelect(batchFirst ? 0 : 1, order),
                padded.lengths().indexSelect(0, order.cpu()));
    }

    /** Pads sequences (L, *) with zeros at their ends to (L, N, *). */
    public static Tensor padSequence(List<Tensor> sequences) {
        return padSequence(sequences, false);
    }

    /** Pads sequences (L, *) with zeros at their ends to (L, N, *) or (N, L, *). */
    public static Tensor padSequence(List<Tensor> sequences, boolean batchFirst) {
        return padSequence(sequences, batchFirst, 0);
    }

    /** Pads sequences (L, *) with {@code paddingValue} at their ends to (L, N, *) or (N, L, *). */
    public static Tensor padSequence(List<Tensor> sequences, boolean batchFirst, double paddingValue) {
        return padSequence(sequences, batchFirst, paddingValue, PaddingSide.RIGHT);
    }

    /** Pads sequences (L, *) with {@code paddingValue} to (L, N, *) or (N, L, *). */
    public static Tensor padSequence(
            List<Tensor> sequences, boolean batchFirst, double paddingValue, PaddingSide paddingSide) {
        return Torch.padSequence(sequences, batchFirst, paddingValue, paddingSide.text());
    }

    /** The sequences of a batch (L, N, *) that was padded at their ends. */
    public static List<Tensor> unpadSequence(Tensor paddedSequences, Tensor lengths) {
        return unpadSequence(paddedSequences, lengths, false);
    }

    /** The sequences of a batch (L, N, *) or (N, L, *) that was padded at their ends: views of it. */
    public static List<Tensor> unpadSequence(Tensor paddedSequences, Tensor lengths, boolean batchFirst) {
        List<Tensor> padded = paddedSequences.unbind(batchFirst ? 0 : 1);
        long[] each = lengths.toLongArray();
        if (each.length != padded.size()) {
            throw new IllegalArgumentException("there are " + each.length + " lengths; one for each of the "
                    + padded.size() + " sequences is expected");
        }
        List<Tensor> sequences = new ArrayList<>();
        for (int i = 0; i < each.length; i++) {
            sequences.add(padded.get(i).narrow(0, 0, each[i]));
        }
        return sequences;
    }

    /** Where each place goes: the indices that undo {@code permutation}, (N) of type {@code int64}. */
    public static Tensor invertPermutation(Tensor permutation) {
        Tensor places = Torch.arange(permutation.numel(), TensorOptions.of(permutation.device()));
        return Torch.emptyLike(permutation).scatter_(0, permutation, places);
    }

    private static PackedSequence pack(
            Tensor input, Tensor lengths, boolean batchFirst, @Nullable Tensor sortedIndices) {
        long[] packed = NativeOperators._pack_padded_sequence(input.handle(), lengths.handle(), batchFirst);
        Reference.reachabilityFence(input);
        Reference.reachabilityFence(lengths);
        return new PackedSequence(Adoption.adopt(packed[0]), Adoption.adopt(packed[1]), sortedIndices);
    }

    private static Padded pad(PackedSequence sequence, boolean batchFirst, double paddingValue, long totalLength) {
        long[] padded = NativeOperators._pad_packed_sequence(
                sequence.data().handle(),
                sequence.batchSizes().handle(),
                batchFirst,
                FLOATING_POINT_SCALAR,
                Double.doubleToRawLongBits(paddingValue),
                0,
                totalLength);
        Reference.reachabilityFence(sequence);
        return new Padded(Adoption.adopt(padded[0]), Adoption.adopt(padded[1]));
    }
}
