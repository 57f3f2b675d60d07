package org.torchbridge.jit;

import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

/** Inputs of a module that is traced, and others made of them. */
final class ExampleInputs {
    private ExampleInputs() {}

    /** Copies, so that a forward that writes to its inputs finds them the same each time, and none is there twice. */
    static List<Tensor> copies(List<Tensor> inputs) {
        return inputs.stream()
                .map(input -> input.detach().clone().requiresGrad(input.requiresGrad()))
                .toList();
    }

    /** Whether there is a dimension 0 that can get longer. */
    static boolean hasRows(List<Tensor> inputs) {
        return inputs.stream().anyMatch(ExampleInputs::hasRows);
    }

    private static boolean hasRows(Tensor input) {
        return input.dim() > 0 && input.size(0) > 0;
    }

    /** The inputs with their last row some more times: of values that occur, in an order that stays sorted. */
    static List<Tensor> withMoreRows(List<Tensor> inputs, long count) {
        return inputs.stream()
                .map(input -> hasRows(input) ? withMoreRows(input, count) : input)
                .toList();
    }

    private static Tensor withMoreRows(Tensor input, long count) {
        long rows = input.size(0);
        Tensor choice =
                Torch.arange(rows + count, TensorOptions.of(input.device())).clamp(null, rows - 1);
        return input.detach().indexSelect(0, choice).requiresGrad(input.requiresGrad());
    }
}
