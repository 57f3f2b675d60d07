package org.torchbridge.nn;

/** A linear layer that prints as the one in Python's {@code MultiheadAttention}, which quantisation passes over. */
final class NonDynamicallyQuantizableLinear extends Linear {
    NonDynamicallyQuantizableLinear(long inFeatures, long outFeatures, boolean bias) {
        super(inFeatures, outFeatures, bias);
    }
}
