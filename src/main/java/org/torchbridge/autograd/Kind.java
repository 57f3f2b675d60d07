package org.torchbridge.autograd;

import java.util.Arrays;
import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Tensor;

/** What a saved tensor looks like: libtorch's functions rely on getting one like it back. */
record Kind(DType dtype, Device device, List<Long> shape) {
    static Kind of(Tensor tensor) {
        return new Kind(
                tensor.dtype(),
                tensor.device(),
                Arrays.stream(tensor.shape()).boxed().toList());
    }

    @Override
    public String toString() {
        return dtype + shape.toString() + " on " + device;
    }
}
