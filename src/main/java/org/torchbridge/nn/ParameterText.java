package org.torchbridge.nn;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.torchbridge.Tensor;

/** What Python prints of the parameters in a list or dict. */
final class ParameterText {
    private ParameterText() {}

    /** A line for each parameter: its name, what {@code kind} says about it, and its shape. */
    static String lines(Map<String, Parameter> parameters, Function<Tensor, String> kind) {
        return parameters.entrySet().stream()
                .map(each -> "  (" + each.getKey() + "): " + line(each.getValue(), kind))
                .collect(Collectors.joining("\n"));
    }

    private static String line(Parameter parameter, Function<Tensor, String> kind) {
        Tensor tensor = parameter.tensor();
        String shape = Arrays.stream(tensor.shape()).mapToObj(Long::toString).collect(Collectors.joining("x"));
        String device = tensor.device().isCuda() ? " (GPU " + tensor.device().index() + ")" : "";
        String name = parameter instanceof Computed ? "Tensor" : "Parameter";
        return name + " containing: [" + kind.apply(tensor) + " of size " + shape + device + "]";
    }

    /** {@code torch.float32}. */
    static String dtype(Tensor tensor) {
        return tensor.dtype().toString();
    }

    /** {@code torch.FloatTensor}. */
    static String type(Tensor tensor) {
        String type =
                switch (tensor.dtype()) {
                    case FLOAT32 -> "Float";
                    case FLOAT64 -> "Double";
                    case FLOAT16 -> "Half";
                    case BFLOAT16 -> "BFloat16";
                    case INT8 -> "Char";
                    case UINT8 -> "Byte";
                    case INT16 -> "Short";
                    case INT32 -> "Int";
                    case INT64 -> "Long";
                    case BOOL -> "Bool";
                    case COMPLEX64 -> "ComplexFloat";
                    case COMPLEX128 -> "ComplexDouble";
                    default -> tensor.dtype().toString();
                };
        return (tensor.device().isCuda() ? "torch.cuda." : "torch.") + type + "Tensor";
    }
}
