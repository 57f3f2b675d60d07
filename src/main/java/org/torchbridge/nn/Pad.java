package org.torchbridge.nn;

import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/** Makes the input larger on its sides; a negative padding cuts them off. */
public abstract class Pad extends Layer {
    private final int dimensions;
    private final Size padding;
    private final PadMode mode;
    private final @Nullable Number value;

    Pad(int dimensions, Size padding, PadMode mode, @Nullable Number value) {
        this.dimensions = dimensions;
        this.padding = padding.expanded("padding", 2 * dimensions);
        this.mode = mode;
        this.value = value;
    }

    /** A number for each side, the last dimension's first. */
    public Size padding() {
        return padding;
    }

    @Override
    public Tensor forward(Tensor input) {
        if (mode != PadMode.CONSTANT) {
            ConvolutionFunctions.requireDimensions(input, dimensions);
        }
        return Functional.pad(input, padding.expand("padding", 2 * dimensions), mode, value);
    }

    @Override
    public String extraRepr() {
        return value == null ? padding.toString() : "padding=" + padding + ", value=" + PythonText.of(value);
    }
}
