package org.torchbridge.internal;

/** The floor of the benchmarks: loops over operators in C++, timed there. */
public final class NativeFloor {
    public static final int RELU = 0;
    public static final int ADD = 1;
    public static final int MM = 2;
    public static final int VIEW = 3;

    static {
        NativeLibraries.load();
    }

    private NativeFloor() {}

    /** The nanoseconds that {@code count} runs of an operator take; operators of one argument pass over {@code b}. */
    public static native long operator(int operator, long a, long b, long count);

    /**
     * The nanoseconds that {@code count} training steps take, for linear layers with relu between them and cross entropy.
     *
     * @param parameters weight and bias of each layer
     * @param momenta and {@code squares}: Adam's state, empty for plain SGD
     * @param step Adam's step tensor, 0 for SGD
     */
    public static native long trainingSteps(
            long[] parameters, long[] momenta, long[] squares, long step, long input, long target, long count);
}
