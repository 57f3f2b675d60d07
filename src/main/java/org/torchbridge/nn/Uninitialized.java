package org.torchbridge.nn;

import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

/** What parameters and buffers that wait for their shape have in common. */
final class Uninitialized {
    private Uninitialized() {}

    /** Gives {@code data} the shape; its type and device stay. */
    static void materialize(Tensor data, long... shape) {
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            data.setData(Torch.empty(shape, options(data)));
        }
    }

    static TensorOptions options(Tensor data) {
        return TensorOptions.of(data.dtype()).device(data.device());
    }

    static IllegalStateException noShape(String kind) {
        return new IllegalStateException(
                "this " + kind + " has no shape yet: the lazy module it belongs to finds it out"
                        + " when it is called for the first time; call the module once");
    }
}
