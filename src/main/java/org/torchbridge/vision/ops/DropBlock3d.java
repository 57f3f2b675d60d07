package org.torchbridge.vision.ops;

import org.torchbridge.Tensor;
import org.torchbridge.vision.Ops;

/**
 * In training, makes cubes of the input 0. Input and output (N, C, D, H, W). See {@link Ops#dropBlock3d}.
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/ops.html#layers">DropBlock3d</a>.
 */
public class DropBlock3d extends DropBlock {

    /** To a new tensor, with eps 1e-6. */
    public DropBlock3d(double p, long blockSize) {
        this(p, blockSize, false);
    }

    /** With eps 1e-6. */
    public DropBlock3d(double p, long blockSize, boolean inplace) {
        this(p, blockSize, inplace, 1e-6);
    }

    public DropBlock3d(double p, long blockSize, boolean inplace, double eps) {
        super(p, blockSize, inplace, eps);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Ops.dropBlock3d(input, p(), blockSize(), isInplace(), eps(), isTraining());
    }
}
