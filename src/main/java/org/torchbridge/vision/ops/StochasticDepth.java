package org.torchbridge.vision.ops;

import java.util.Locale;
import org.torchbridge.Tensor;
import org.torchbridge.internal.PythonNumber;
import org.torchbridge.nn.Layer;
import org.torchbridge.vision.DropMode;
import org.torchbridge.vision.Ops;

/**
 * In training, makes its input 0 with probability p; any shape with a batch first. See {@link Ops#stochasticDepth}.
 *
 * <p>Follows
 * <a href="https://pytorch.org/vision/stable/generated/torchvision.ops.StochasticDepth.html">StochasticDepth</a>.
 */
public class StochasticDepth extends Layer {
    private final double p;
    private final DropMode mode;

    public StochasticDepth(double p, DropMode mode) {
        this.p = p;
        this.mode = mode;
    }

    public double p() {
        return p;
    }

    public DropMode mode() {
        return mode;
    }

    @Override
    public Tensor forward(Tensor input) {
        return Ops.stochasticDepth(input, p, mode, isTraining());
    }

    @Override
    public String extraRepr() {
        return "p=" + PythonNumber.repr(p) + ", mode=" + mode.name().toLowerCase(Locale.ROOT);
    }
}
