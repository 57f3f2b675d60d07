package org.torchbridge.autograd;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeTensor;

/** Lists of tensors as native code passes them: 0 is no tensor. */
final class Handles {
    private Handles() {}

    /** The handles, which stay the tensors'. */
    static long[] of(List<? extends @Nullable Tensor> tensors) {
        long[] handles = new long[tensors.size()];
        for (int i = 0; i < handles.length; i++) {
            Tensor tensor = tensors.get(i);
            handles[i] = tensor == null ? 0 : tensor.handle();
        }
        return handles;
    }

    /** New handles of the same tensors, for native code to keep. */
    static long[] shared(List<? extends @Nullable Tensor> tensors) {
        long[] handles = of(tensors);
        for (int i = 0; i < handles.length; i++) {
            handles[i] = handles[i] == 0 ? 0 : NativeTensor.share(handles[i]);
        }
        Reference.reachabilityFence(tensors);
        return handles;
    }

    /** The tensors of handles that are Java's now. */
    static List<@Nullable Tensor> adopt(long[] handles) {
        List<@Nullable Tensor> tensors = new ArrayList<>(handles.length);
        for (long handle : handles) {
            tensors.add(Adoption.adopt(handle));
        }
        return tensors;
    }
}
