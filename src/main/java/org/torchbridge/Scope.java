package org.torchbridge;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.NativeTensor;
import org.torchbridge.internal.RecordValues;

/**
 * Owns the tensors that its thread makes while it is open, and frees them together when it is closed: the fast way to
 * handle the temporaries of a loop. Scopes nest; a tensor belongs to the innermost one.
 *
 * <pre>{@code
 * Tensor total = Torch.zeros(1);
 * for (Tensor batch : batches) {
 *     try (var scope = Scope.open()) {
 *         total.add_(batch.square().sum());
 *     }
 * }
 * }</pre>
 *
 * <p>A tensor that has to outlive its scope is moved to the next one out by {@link #keep}, or by returning it through
 * {@link #call}. Parameters, buffers, gradients and optimizer state never belong to a scope. A scope is used and closed by
 * the thread that opened it.
 */
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<Scope> CURRENT = new ThreadLocal<>();
    private static final Set<Scope> OPEN = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private static final int INITIAL_CAPACITY = 16;

    private final Thread thread = Thread.currentThread();
    private final @Nullable Scope outer = CURRENT.get();
    private Tensor[] tensors = new Tensor[INITIAL_CAPACITY];
    private int size;
    private boolean closed;

    private Scope() {}

    /** Opens a scope inside the one that is current, if any. */
    public static Scope open() {
        Scope scope = new Scope();
        CURRENT.set(scope);
        OPEN.add(scope);
        return scope;
    }

    /**
     * Runs {@code body} in a scope of its own and moves the tensors of what it returns out of it: a tensor, or tensors in
     * a record, an array, a collection or a map, however deep.
     */
    public static <T> T call(Supplier<T> body) {
        try (Scope scope = open()) {
            T result = body.get();
            scope.keepAll(result);
            return result;
        }
    }

    /** Runs {@code body} in a scope of its own. */
    public static void run(Runnable body) {
        try (Scope scope = open()) {
            body.run();
        }
    }

    /**
     * Takes {@code tensor} out of all scopes: it lives as long as it is reachable. Parameters, buffers and optimizer state
     * are taken out when they are made.
     */
    public static Tensor escape(Tensor tensor) {
        if (tensor.owner() instanceof Scope scope) {
            scope.requireOwnThread("take a tensor out of");
            tensor.moveTo(null);
        }
        return tensor;
    }

    static @Nullable Scope current() {
        return CURRENT.get();
    }

    /** Moves {@code tensor} to the scope around this one, or, if there is none, to the garbage collector. */
    public Tensor keep(Tensor tensor) {
        requireOwnThread("keep");
        if (tensor.owner() == this) {
            tensor.moveTo(outer);
        }
        return tensor;
    }

    /** Frees the tensors of this scope. A scope that is closed already stays so. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        requireOwnThread("close");
        if (CURRENT.get() != this) {
            throw new IllegalStateException("a scope opened inside this one is still open; close the inner one first");
        }
        closed = true;
        restoreOuter();
        OPEN.remove(this);
        long[] handles = new long[size];
        for (int i = 0; i < size; i++) {
            handles[i] = tensors[i].takeHandle();
        }
        NativeTensor.deleteAll(handles, size);
        tensors = new Tensor[0];
        size = 0;
    }

    /** How many tensors this scope would free now. */
    public int size() {
        return size;
    }

    void add(Tensor tensor) {
        if (size == tensors.length) {
            tensors = Arrays.copyOf(tensors, 2 * size);
        }
        tensor.place(this, size);
        tensors[size++] = tensor;
    }

    /** Forgets the tensor at {@code index}; the last one takes its place. */
    void remove(int index) {
        Tensor last = tensors[--size];
        tensors[size] = null;
        if (index < size) {
            tensors[index] = last;
            last.place(this, index);
        }
    }

    boolean isOwnThread() {
        return thread == Thread.currentThread();
    }

    /** How many tensors belong to open scopes. */
    static int countAll() {
        synchronized (OPEN) {
            return OPEN.stream().mapToInt(scope -> scope.size).sum();
        }
    }

    /** Passes on where each tensor of an open scope was made, as far as that is recorded. */
    static void forEachOrigin(Consumer<Throwable> action) {
        synchronized (OPEN) {
            for (Scope scope : OPEN) {
                for (Tensor tensor : Arrays.copyOf(scope.tensors, scope.size)) {
                    if (tensor != null && tensor.origin() != null) {
                        action.accept(tensor.origin());
                    }
                }
            }
        }
    }

    private void keepAll(@Nullable Object result) {
        if (result instanceof Tensor tensor) {
            keep(tensor);
        } else if (result instanceof Record record) {
            RecordValues.of(record).forEach(this::keepAll);
        } else if (result instanceof Object[] array) {
            Arrays.asList(array).forEach(this::keepAll);
        } else if (result instanceof Map<?, ?> map) {
            map.values().forEach(this::keepAll);
        } else if (result instanceof Collection<?> collection) {
            collection.forEach(this::keepAll);
        }
    }

    private void restoreOuter() {
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }

    private void requireOwnThread(String action) {
        if (!isOwnThread()) {
            throw new IllegalStateException("thread " + Thread.currentThread().getName() + " may not " + action
                    + " a scope that thread " + thread.getName() + " opened");
        }
    }
}
