package org.torchbridge;

import org.jspecify.annotations.Nullable;

/**
 * How tensors are printed.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.set_printoptions.html">torch.set_printoptions</a>.
 *
 * @param precision digits after the point
 * @param threshold more elements than this are summarised
 * @param edgeItems how many elements a summary shows at each end of a dimension
 * @param lineWidth characters in a line
 * @param scientific whether to use scientific notation; null chooses for each tensor
 */
public record PrintOptions(
        int precision,
        double threshold,
        int edgeItems,
        int lineWidth,
        @Nullable Boolean scientific) {
    /** Python's defaults. */
    public static final PrintOptions DEFAULT = new PrintOptions(4, 1000, 3, 80, null);

    /** Python's profile "short". */
    public static final PrintOptions SHORT = new PrintOptions(2, 1000, 2, 80, null);

    /** Python's profile "full": nothing is summarised. */
    public static final PrintOptions FULL = new PrintOptions(4, Double.POSITIVE_INFINITY, 3, 80, null);

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
