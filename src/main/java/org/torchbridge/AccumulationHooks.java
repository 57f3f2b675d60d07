package org.torchbridge;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.HookList;
import org.torchbridge.internal.TensorCallback;

/** The hooks that run when a leaf has a new gradient. */
final class AccumulationHooks extends HookList<Consumer<Tensor>> implements TensorCallback {
    @Override
    public long @Nullable [] call(long[] handles) {
        Tensor leaf = Tensor.adopt(handles[0]);
        forEach(hook -> hook.accept(leaf));
        return null;
    }
}
