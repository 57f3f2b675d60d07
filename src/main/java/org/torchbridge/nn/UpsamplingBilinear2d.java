package org.torchbridge.nn;

/**
 * Makes images larger with bilinear interpolation; the centres of the corner pixels stay where they are. Input
 * (N, C, H, W).
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.UpsamplingBilinear2d.html">UpsamplingBilinear2d</a>.
 */
public class UpsamplingBilinear2d extends Upsample {

    /** Size or scale factor are those of {@code options}. */
    public UpsamplingBilinear2d(Options options) {
        super(options.mode(Mode.BILINEAR).alignCorners(true));
    }
}
