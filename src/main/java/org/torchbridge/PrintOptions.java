package org.torchbridge;

import org.jspecify.annotations.Nullable;

/**
 * How tensors are printed.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.set_printoptions.html">torch.set_printoptions</a>.
 *
 * @param precision digits after the point
 * @param threshold more elements than this are summarised
 * @param edgeItems how many elements a summary shows at each end of a dimension; 0 shows none
 * @param lineWidth characters in a line, after which elements go on in the next one
 * @param scientific whether to use scientific notation; null chooses for each tensor
 */
public record PrintOptions(
        int precision, double threshold, int edgeItems, int lineWidth, @Nullable Boolean scientific) {
    /** Python's defaults. */
    public static final PrintOptions DEFAULT = new PrintOptions(4, 1000, 3, 80, null);

    /** Python's profile "short". */
    public static final PrintOptions SHORT = new PrintOptions(2, 1000, 2, 80, null);

    /** Python's profile "full": nothing is summarised. */
    public static final PrintOptions FULL = new PrintOptions(4, Double.POSITIVE_INFINITY, 3, 80, null);

    public PrintOptions {
        if (precision < 0 || edgeItems < 0) {
            throw new IllegalArgumentException(
                    "precision is " + precision + " and edgeItems is " + edgeItems + "; neither may be negative");
        }
    }

    public PrintOptions precision(int precision) {
        return new PrintOptions(precision, threshold, edgeItems, lineWidth, scientific);
    }

    public PrintOptions threshold(double threshold) {
        return new PrintOptions(precision, threshold, edgeItems, lineWidth, scientific);
    }

    public PrintOptions edgeItems(int edgeItems) {
        return new PrintOptions(precision, threshold, edgeItems, lineWidth, scientific);
    }

    public PrintOptions lineWidth(int lineWidth) {
        return new PrintOptions(precision, threshold, edgeItems, lineWidth, scientific);
    }

    public PrintOptions scientific(@Nullable Boolean scientific) {
        return new PrintOptions(precision, threshold, edgeItems, lineWidth, scientific);
    }
}
