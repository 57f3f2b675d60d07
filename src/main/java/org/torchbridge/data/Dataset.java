package org.torchbridge.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.torchbridge.Scope;
import org.torchbridge.Torch;

/**
 * Samples by number.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/data.html#map-style-datasets">torch.utils.data.Dataset</a>.
 */
public interface Dataset {
    /** The number of samples. */
    int size();

    /** The sample with the number {@code index}, from 0 to {@link #size} - 1. */
    Sample get(int index);

    /**
     * Divides this data set at random, with the numbers of libtorch's generator: the same seed divides as in Python.
     *
     * @param sizes the sizes of the parts, which together are the size of this data set
     */
    default List<Subset> randomSplit(int... sizes) {
        if (Arrays.stream(sizes).sum() != size()) {
            throw new IllegalArgumentException("parts of " + Arrays.toString(sizes)
                    + " samples were asked for; together " + "they must have the " + size() + " of the data set");
        }
        int[] order = Scope.call(() -> Torch.randperm(size()).toIntArray());
        List<Subset> parts = new ArrayList<>();
        int start = 0;
        for (int size : sizes) {
            parts.add(new Subset(this, Arrays.copyOfRange(order, start, start + size)));
            start += size;
        }
        return parts;
    }
}
