package org.torchbridge.internal;

/** The threads of libtorch's that call Java. */
final class NativeThread {
    private NativeThread() {}

    /** Gives the thread what one of Java's would have inherited. Called from native code, once in each thread. */
    static void attached() {
        Thread.currentThread().setContextClassLoader(NativeThread.class.getClassLoader());
    }
}
