package org.torchbridge.data;

/**
 * Some samples of another data set.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/data.html#torch.utils.data.Subset">torch.utils.data.Subset</a>.
 */
public final class Subset implements Dataset {
    private final Dataset dataset;
    private final int[] indices;

    /** The samples of {@code dataset} with the numbers {@code indices}, in that order. */
    public Subset(Dataset dataset, int... indices) {
        this.dataset = dataset;
        this.indices = indices.clone();
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public Sample get(int index) {
        return dataset.get(indices[index]);
    }

    /** The samples' numbers in the other data set. */
    public int[] indices() {
        return indices.clone();
    }
}
