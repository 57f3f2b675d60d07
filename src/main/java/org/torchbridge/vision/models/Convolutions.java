package org.torchbridge.vision.models;

import org.torchbridge.nn.Conv2d;

/** Convolutions as residual blocks have them: without bias, because batch normalisation follows. */
final class Convolutions {
    private Convolutions() {}

    static Conv2d conv1x1(long inplanes, long planes, long stride) {
        return new Conv2d(inplanes, planes, 1, Conv2d.options().stride(stride).bias(false));
    }

    /** A convolution that keeps the size where the stride is 1. */
    static Conv2d conv3x3(long inplanes, long planes, long stride, long groups, long dilation) {
        return new Conv2d(
                inplanes,
                planes,
                3,
                Conv2d.options()
                        .stride(stride)
                        .padding(dilation)
                        .groups(groups)
                        .dilation(dilation)
                        .bias(false));
    }
}
