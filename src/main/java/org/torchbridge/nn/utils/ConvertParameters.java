package org.torchbridge.nn.utils;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Parameter;

/**
 * Parameters as one row of numbers, and back.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.utils.parameters_to_vector.html">torch.nn.utils</a>.
 */
public final class ConvertParameters {
    private ConvertParameters() {}

    /**
     * The elements of all parameters in one row. Gradients of it are gradients of the parameters.
     *
     * @throws IllegalArgumentException if the parameters are on several devices
     */
    public static Tensor parametersToVector(Iterable<Parameter> parameters) {
        List<Tensor> rows = new ArrayList<>();
        for (Parameter parameter : parameters) {
            Tensor tensor = parameter.tensor();
            if (!rows.isEmpty() && !tensor.device().equals(rows.get(0).device())) {
                throw new IllegalArgumentException("a parameter is on " + tensor.device() + ", another on "
                        + rows.get(0).device() + "; parameters on one device are expected");
            }
            rows.add(tensor.reshape(-1));
        }
        return Torch.cat(rows, 0);
    }

    /**
     * Makes the elements of {@code vec}, one after the other, those of the parameters, which then share its memory.
     *
     * @throws IllegalArgumentException if {@code vec} has another number of elements
     */
    public static void vectorToParameters(Tensor vec, Iterable<Parameter> parameters) {
        long count = 0;
        for (Parameter parameter : parameters) {
            count += parameter.tensor().numel();
        }
        if (vec.dim() != 1 || vec.numel() != count) {
            throw new IllegalArgumentException("the vector has " + vec.dim() + " dimensions and " + vec.numel()
                    + " elements; a row of " + count + " is expected");
        }
        Tensor row = vec.detach();
        long offset = 0;
        for (Parameter parameter : parameters) {
            Tensor tensor = parameter.tensor();
            tensor.setData(row.narrow(0, offset, tensor.numel()).viewAs(tensor));
            offset += tensor.numel();
        }
    }
}
