package org.torchbridge.nn;

/** The part of {@link Functional} for images: resizing, sampling, shuffling. */
abstract class VisionFunctions extends PoolingFunctions {
    VisionFunctions() {}
}
