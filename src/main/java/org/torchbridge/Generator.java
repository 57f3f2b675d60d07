package org.torchbridge;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import org.torchbridge.internal.NativeGenerator;

/**
 * A source of random numbers on the CPU with a state of its own. The same seed gives the same numbers as Python's.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.Generator.html">torch.Generator</a>.
 *
 * <pre>{@code
 * Generator generator = new Generator(7);
 * Tensor noise = Torch.randn(new long[] {3}, generator);
 * }</pre>
 */
public final class Generator {
    private static final Cleaner CLEANER = Cleaner.create();

    private final long handle;

    /** The generator that operators use when they are given none: libtorch's own, whose handle is 0. */
    static final Generator DEFAULT = new Generator();

    /** A generator that starts at {@code seed}. */
    public Generator(long seed) {
        this.handle = NativeGenerator.create(seed);
        long address = handle;
        CLEANER.register(this, () -> NativeGenerator.delete(address));
    }

    private Generator() {
        this.handle = 0;
    }

    long handle() {
        return handle;
    }

    /** Starts again at {@code seed}. */
    public Generator manualSeed(long seed) {
        NativeGenerator.setSeed(handle, seed);
        Reference.reachabilityFence(this);
        return this;
    }

    /** The seed this started at last. */
    public long initialSeed() {
        long seed = NativeGenerator.seed(handle);
        Reference.reachabilityFence(this);
        return seed;
    }

    /** The state as a tensor of bytes, which Python understands too. */
    public Tensor getState() {
        Tensor state = Tensor.adopt(NativeGenerator.state(handle));
        Reference.reachabilityFence(this);
        return state;
    }

    /** Goes on where the generator was that {@code state} comes from. */
    public Generator setState(Tensor state) {
        NativeGenerator.setState(handle, state.handle());
        Arguments.keepAlive(this, state);
        return this;
    }
}
