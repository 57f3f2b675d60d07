package org.torchbridge.vision.ops;

import org.torchbridge.Tensor;
import org.torchbridge.vision.Ops;

/**
 * In training, makes squares of the input 0. Input and output (N, C, H, W). See {@link Ops#dropBlock2d}.
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/ops.html#layers">DropBlock2d</a>.
 */
public class DropBlock2d extends DropBlock {

    /** To a new tensor, with eps 1e-6. */
    public DropBlock2d(double p, long blockSize) {
        this(p, blockSize, false);
    }

    /** With eps 1e-6. */
    public DropBlock2d(double p, long blockSize, boolean inplace) {
        this(p, blockSize, inplace, 1e-6);
    }

    public DropBlock2d(double p, long blockSize, boolean inplace, double eps) {
        super(p, blockSize, inplace, eps);
    }

    @Override
    public Tensor forward(Tensor input) {
        return Ops.dropBlock2d(input, p(), blockSize(), isInplace(), eps(), isTraining());
    }
}
