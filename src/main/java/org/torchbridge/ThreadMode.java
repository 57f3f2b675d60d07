package org.torchbridge;

import org.jspecify.annotations.Nullable;

/** A setting that holds for the block of code of a try-with-resources statement, in the thread that runs it. */
public class ThreadMode implements AutoCloseable {
    private static final ThreadLocal<ThreadMode> INNERMOST = new ThreadLocal<>();

    private final Thread thread = Thread.currentThread();
    private final @Nullable ThreadMode outer = INNERMOST.get();
    private final Runnable restore;
    private boolean closed;

    /** A mode that is in force already; {@code restore} goes back to what was before. */
    public ThreadMode(Runnable restore) {
        this.restore = restore;
        INNERMOST.set(this);
    }

    /**
     * Goes back to the mode before the block.
     *
     * @throws IllegalStateException in another thread than the block's; or if a block inside this one is still open, which
     *     is then closed too
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (thread != Thread.currentThread()) {
            throw new IllegalStateException("thread " + Thread.currentThread().getName() + " may not close a "
                    + getClass().getSimpleName() + " that thread " + thread.getName() + " opened");
        }
        ThreadMode innermost = INNERMOST.get();
        ThreadMode each = innermost;
        while (!closed) {
            each.leave();
            each = each.outer;
        }
        if (innermost != this) {
            throw new IllegalStateException("a " + innermost.getClass().getSimpleName() + " opened inside this "
                    + getClass().getSimpleName() + " was still open, and is closed now too; close the inner one first");
        }
    }

    private void leave() {
        closed = true;
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
        restore.run();
    }
}
