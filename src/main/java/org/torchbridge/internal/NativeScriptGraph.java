package org.torchbridge.internal;

/** JNI entry points for what the presets read wrongly of TorchScript's graphs. */
final class NativeScriptGraph {
    static {
        NativeLibraries.load();
    }

    private NativeScriptGraph() {}

    /** The node at an address, as a graph prints it: {@code %w : Tensor = prim::GetAttr[name="w"](%self) # net.py:3:8}. */
    static native String print(long node);
}
