package org.torchbridge.jit;

import java.lang.ref.WeakReference;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.JavaLayers;
import org.torchbridge.internal.NativeTensor;
import org.torchbridge.internal.ScriptObject;
import org.torchbridge.nn.Layer;

/** Java layers as children of script modules. */
final class LayerCalls {
    private LayerCalls() {}

    /** A module of TorchScript that calls {@code layer}, for as long as somebody keeps that. */
    static ScriptObject script(Layer layer) {
        WeakReference<Layer> called = new WeakReference<>(layer);
        return JavaLayers.module(layer, input -> call(called.get(), input));
    }

    private static long call(Layer layer, long handle) {
        try (Scope scope = Scope.open()) {
            Tensor input = Adoption.adopt(NativeTensor.share(handle));
            Tensor output = layer.call(input);
            return NativeTensor.share(output.handle());
        }
    }
}
