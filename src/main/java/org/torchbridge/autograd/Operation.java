package org.torchbridge.autograd;

import java.util.List;
import org.torchbridge.Tensor;

/** Some code from tensors to tensors, for what derives it, checks it or runs it again. */
@FunctionalInterface
public interface Operation {
    List<Tensor> apply(List<Tensor> inputs);
}
