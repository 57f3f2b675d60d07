package org.torchbridge;

/** A setting that holds for the block of code of a try-with-resources statement, in the thread that runs it. */
public class ThreadMode implements AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private final Runnable restore;
    private boolean closed;

    /** A mode that is in force already; {@code restore} goes back to what was before. */
    public ThreadMode(Runnable restore) {
        this.restore = restore;
    }

    /** Goes back to the mode before the block. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (thread != Thread.currentThread()) {
            throw new IllegalStateException("thread " + Thread.currentThread().getName() + " may not close a "
                    + getClass().getSimpleName() + " that thread " + thread.getName() + " opened");
        }
        closed = true;
        restore.run();
    }
}
