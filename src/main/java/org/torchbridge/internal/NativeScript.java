package org.torchbridge.internal;

import java.io.IOException;
import java.io.OutputStream;

/** JNI entry points for what the presets do of TorchScript too slowly, or not at all. */
final class NativeScript {
    static {
        NativeLibraries.load();
    }

    private NativeScript() {}

    /** A C++ stream over memory, for {@link #closeInput} to free. */
    static native long openInput(long address, long size);

    static native void closeInput(long stream);

    /** Writes a module's archive; names of extra files, in UTF-8, and their contents take turns. */
    static native void save(long module, OutputStream out, byte[][] namesAndContents) throws IOException;

    /** Throws the exception that a bridge's method throws for what libtorch says. */
    static native void raise(byte[] utf8);

    /**
     * Runs a function of TorchScript on a vector of values, which are then what it gave.
     *
     * @param profiling whether libtorch watches the first calls and optimises then
     */
    static native void run(long function, long stack, boolean profiling);

    /** A node of a graph as libtorch prints it, in UTF-8, without the blocks in it. */
    static native byte[] text(long node);

    /** Where the arguments, or the results, of a {@code c10::FunctionSchema} begin and end in memory. */
    static native long[] schemaPart(long schema, boolean results);

    /** Registers the operator that calls {@link JavaLayers#call}, once for each process. */
    static native void registerLayers();

    /** Runs a method of {@code object} that takes one tensor and makes one. */
    static native long call(long object, long function, long input, boolean profiling);
}
