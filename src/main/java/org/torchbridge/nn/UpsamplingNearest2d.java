package org.torchbridge.nn;

/**
 * Makes images larger with the nearest values. Input (N, C, H, W).
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.UpsamplingNearest2d.html">UpsamplingNearest2d</a>.
 */
public class UpsamplingNearest2d extends Upsample {

    /** Size or scale factor are those of {@code options}. */
    public UpsamplingNearest2d(Options options) {
        super(options.mode(Mode.NEAREST));
    }
}
