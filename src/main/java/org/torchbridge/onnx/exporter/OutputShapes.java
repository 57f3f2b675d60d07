package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/** The shapes of the tensors and numbers that a program gives for one example, in the order of the model's outputs. */
record OutputShapes(List<List<Long>> shapes) {
    static OutputShapes of(List<@Nullable Object> outputs) {
        List<List<Long>> shapes = new ArrayList<>();
        collect(outputs, shapes);
        return new OutputShapes(shapes);
    }

    private static void collect(@Nullable Object output, List<List<Long>> shapes) {
        if (output instanceof List<?> list) {
            list.forEach(element -> collect(element, shapes));
        } else if (output instanceof Map<?, ?> map) {
            map.values().forEach(element -> collect(element, shapes));
        } else if (output != null) {
            shapes.add(
                    output instanceof Tensor tensor
                            ? Arrays.stream(tensor.shape()).boxed().toList()
                            : List.of());
        }
    }

    /**
     * The names for the sizes of an output: a size that is an input's in both examples has the name that it has there.
     *
     * @param output its number among {@code count} outputs
     * @return null where no names are known
     */
    static @Nullable List<@Nullable String> symbols(
            List<OutputShapes> examples, int output, int count, ModelInputs inputs) {
        if (examples.size() != 2
                || examples.stream().anyMatch(example -> example.shapes().size() != count)) {
            return null;
        }
        List<Long> first = examples.get(0).shapes().get(output);
        List<Long> second = examples.get(1).shapes().get(output);
        List<@Nullable String> symbols = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            symbols.add(second.size() == first.size() ? inputs.symbol(first.get(i), second.get(i)) : null);
        }
        return symbols;
    }
}
