package org.torchbridge;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.HookList;
import org.torchbridge.internal.NativeTensor;
import org.torchbridge.internal.TensorCallback;

/** The hooks on one tensor's gradient: each gets what the one before made of it. */
final class TensorHooks extends HookList<UnaryOperator<@Nullable Tensor>> implements TensorCallback {
    @Override
    public long @Nullable [] call(long[] handles) {
        Tensor given = Tensor.adopt(handles[0]);
        Tensor gradient = given;
        for (UnaryOperator<@Nullable Tensor> hook : this) {
            Tensor changed = hook.apply(gradient);
            gradient = changed == null ? gradient : changed;
        }
        long[] result = gradient == given ? null : new long[] {NativeTensor.share(gradient.handle())};
        Arguments.keepAlive(gradient);
        return result;
    }
}
