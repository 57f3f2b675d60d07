package org.torchbridge.onnx;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Interpreter;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.exporter.ModelInputs;

/** Compares an exported model with the module that it was made of. */
final class ExportCheck {
    private final ScriptModule module;
    private final OnnxModel model;
    private final ModelInputs inputs;
    private final OnnxExportOptions options;

    ExportCheck(ScriptModule module, OnnxModel model, ModelInputs inputs, OnnxExportOptions options) {
        this.module = module;
        this.model = model;
        this.inputs = inputs;
        this.options = options;
    }

    /** Whether there is an ONNX Runtime. */
    static boolean hasRuntime() {
        try {
            Class.forName("ai.onnxruntime.OrtEnvironment", false, ExportCheck.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** @throws TorchException if there is no ONNX Runtime */
    static void requireRuntime() {
        if (!hasRuntime()) {
            throw new TorchException("to verify an export, ONNX Runtime has to be on the class path: add"
                    + " com.microsoft.onnxruntime:onnxruntime to the dependencies");
        }
    }

    /** What is wrong with the model's shapes where sizes that are to stay open are others than in the example. */
    List<String> frozen() {
        List<List<?>> examples = inputs.examples();
        return examples.size() == 1 ? List.of() : Scope.call(() -> frozen(examples.get(1)));
    }

    private List<String> frozen(List<?> example) {
        Graph imported = model.toGraph();
        List<long[]> actual;
        try (var none = Torch.noGrad()) {
            List<Tensor> tensors = new ArrayList<>();
            collect(new Interpreter(imported).run(ModelInputs.flat(example).toArray()), tensors);
            actual = tensors.stream().map(Tensor::shape).toList();
        } catch (TorchException | IllegalArgumentException e) {
            return List.of("the model runs with the example's sizes alone: with " + shapes(ModelInputs.flat(example))
                    + " " + e.getMessage());
        } finally {
            freeWeights(imported);
        }
        List<Tensor> expected = run(example);
        if (actual.size() != expected.size()) {
            return List.of("the model gives " + actual.size() + " tensors where the module gives " + expected.size()
                    + ", with " + shapes(ModelInputs.flat(example)));
        }
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < expected.size(); i++) {
            if (!Arrays.equals(actual.get(i), expected.get(i).shape())) {
                warnings.add(output(i, expected.size()) + " is of shape "
                        + Arrays.toString(actual.get(i)) + " where the module's is "
                        + Arrays.toString(expected.get(i).shape()) + ": a size of the example was frozen");
            }
        }
        return warnings;
    }

    /** Frees at once what a program has of the weights, which are those of a module or a file. */
    static void freeWeights(Graph graph) {
        graph.slots().values().forEach(slot -> {
            if (slot.value() instanceof Tensor tensor) {
                tensor.close();
            }
        });
    }

    private static String shapes(List<Object> values) {
        return values.stream()
                .map(value -> value instanceof Tensor tensor ? Arrays.toString(tensor.shape()) : String.valueOf(value))
                .toList()
                .toString();
    }

    /**
     * The largest difference between what ONNX Runtime and the module give for the examples.
     *
     * @throws TorchException if it is larger than allowed
     */
    double difference(Path file) {
        double largest = 0;
        for (List<?> example : inputs.examples()) {
            largest = Math.max(largest, Scope.call(() -> difference(file, example)));
        }
        return largest;
    }

    private double difference(Path file, List<?> example) {
        List<Tensor> expected = run(example);
        List<Tensor> actual = OnnxRuntime.run(file, inputs.names(), ModelInputs.flat(example));
        if (actual.size() != expected.size()) {
            throw new TorchException("ONNX Runtime gives " + actual.size() + " tensors, the module " + expected.size());
        }
        double largest = 0;
        for (int i = 0; i < expected.size(); i++) {
            largest = Math.max(largest, difference(output(i, expected.size()), actual.get(i), expected.get(i)));
        }
        return largest;
    }

    /** What people know a tensor by; an output that is a list has several. */
    private String output(int index, int count) {
        return count == model.outputs().size()
                ? "output '" + model.outputs().get(index).name() + "'"
                : "tensor " + index + " of the outputs";
    }

    private double difference(String name, Tensor actual, Tensor expected) {
        if (!Arrays.equals(actual.shape(), expected.shape()) || actual.dtype() != expected.dtype()) {
            throw new TorchException(name + " of ONNX Runtime is " + actual.dtype() + Arrays.toString(actual.shape())
                    + ", the module's is " + expected.dtype() + Arrays.toString(expected.shape()));
        }
        if (expected.numel() == 0) {
            return 0;
        }
        double largest = actual.to(DType.FLOAT64)
                .sub(expected.to(DType.FLOAT64))
                .abs()
                .nanToNum()
                .max()
                .toDouble();
        if (!Torch.allclose(actual, expected, options.tolerance(), options.tolerance(), true)) {
            throw new TorchException(name + " of ONNX Runtime differs from the module's by up to " + largest
                    + "; the options allow " + options.tolerance());
        }
        return largest;
    }

    /** The tensors in what the module gives, whose buffers and the example stay as they are. */
    private List<Tensor> run(List<?> example) {
        List<Tensor> tensors = new ArrayList<>();
        Map<Tensor, Tensor> buffers = new IdentityHashMap<>();
        try (var none = Torch.noGrad()) {
            module.buffers()
                    .forEach(buffer ->
                            buffers.put(buffer.tensor(), buffer.tensor().clone()));
            collect(
                    module.run(
                            "forward", example.stream().map(ExportCheck::copy).toArray()),
                    tensors);
            buffers.forEach(Tensor::copy_);
        }
        return tensors;
    }

    private static @Nullable Object copy(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(ExportCheck::copy).toList();
        }
        return value instanceof Tensor tensor ? tensor.clone() : value;
    }

    private static void collect(@Nullable Object value, List<Tensor> tensors) {
        if (value instanceof Tensor tensor) {
            tensors.add(tensor.dtype().isQuantized() ? tensor.dequantize() : tensor);
        } else if (value instanceof Iterable<?> list) {
            list.forEach(element -> collect(element, tensors));
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(element -> collect(element, tensors));
        }
    }
}
