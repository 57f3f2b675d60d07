package org.torchbridge.internal;

/**
 * JNI entry points for torchvision's operators, which libtorch does not have: the bridge's own, unless the real
 * torchvision was loaded first. Each call registers them.
 */
public final class NativeVision {
    static {
        NativeLibraries.load();
    }

    private NativeVision() {}

    /** Makes libtorch know the operators, as programs that use them need. Has an effect once. */
    public static native void register();

    public static native long nms(long boxes, long scores, double iouThreshold);

    public static native long roiAlign(
            long input, long rois, double scale, long height, long width, long samples, boolean aligned);

    public static native long roiPool(long input, long rois, double scale, long height, long width);

    public static native long psRoiAlign(long input, long rois, double scale, long height, long width, long samples);

    public static native long psRoiPool(long input, long rois, double scale, long height, long width);

    /** @param options stride, padding and dilation, a height and a width each, groups of channels and of offsets */
    public static native long deformConv2d(
            long input, long weight, long offset, long mask, long bias, long[] options, boolean useMask);
}
