package org.torchbridge.internal;

import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/** The tensors among an operator's arguments. */
final class TensorsOf {
    private TensorsOf() {}

    static void each(List<?> values, Consumer<Tensor> action) {
        for (Object value : values) {
            if (value instanceof Tensor tensor) {
                action.accept(tensor);
            } else if (value instanceof List<?> list) {
                each(list, action);
            }
        }
    }
}
