package org.torchbridge.jit;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Layout;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.nn.Module;

/**
 * Compares what a module and the program made of it do to the same inputs. Where random numbers are drawn, as by dropout
 * in training, shapes alone are: a program may draw them in another order.
 */
final class TraceCheck {
    private final Module module;
    private final ModuleState.Snapshot before;
    private final double tolerance;
    private boolean random;

    TraceCheck(Module module, ModuleState.Snapshot before, double tolerance) {
        this.module = module;
        this.before = before;
        this.tolerance = tolerance;
    }

    /**
     * What is different in values; null if nothing is.
     *
     * @throws TorchException if the number of results or a shape is different, or only one of them fails
     */
    @Nullable
    String difference(List<Tensor> inputs, Function<List<Tensor>, ?> forward, Function<List<Tensor>, ?> traced) {
        Map<String, Tensor> expected = results(() -> forward.apply(ExampleInputs.copies(inputs)));
        Map<String, Tensor> actual = results(() -> traced.apply(ExampleInputs.copies(inputs)));
        if (!expected.keySet().equals(actual.keySet())) {
            throw new TorchException("the traced module gives " + actual.keySet() + ", the Java module "
                    + expected.keySet() + inputsText(inputs));
        }
        for (Map.Entry<String, Tensor> each : expected.entrySet()) {
            String text = difference(each.getKey(), each.getValue(), actual.get(each.getKey()), inputs);
            if (text != null) {
                return text;
            }
        }
        return null;
    }

    /** Copies of what is returned, and of the buffers after it. */
    private Map<String, Tensor> results(Supplier<?> run) {
        Map<String, Tensor> results = new LinkedHashMap<>();
        before.restore();
        int number = 0;
        for (Tensor output : TracedValues.tensors(run.get())) {
            results.put("output " + number++, output.detach().clone());
        }
        random |= before.isRandom();
        module.namedBuffers()
                .forEach((name, buffer) ->
                        results.put("buffer " + name, buffer.tensor().detach().clone()));
        before.restore();
        return results;
    }

    private @Nullable String difference(String name, Tensor expected, Tensor actual, List<Tensor> inputs) {
        if (!Arrays.equals(expected.shape(), actual.shape()) || expected.dtype() != actual.dtype()) {
            throw new TorchException(name + " of the traced module is " + text(actual) + ", that of the Java module "
                    + text(expected) + inputsText(inputs));
        }
        Tensor want = comparable(expected);
        Tensor got = comparable(actual);
        return random || got.allclose(want, tolerance, tolerance, true)
                ? null
                : name + " of the traced module differs from that of the Java module by up to "
                        + got.sub(want).abs().max().toDouble() + inputsText(inputs);
    }

    private static Tensor comparable(Tensor tensor) {
        Tensor dense = tensor.layout() == Layout.STRIDED ? tensor : tensor.toDense();
        Tensor plain = dense.dtype().isQuantized() ? dense.dequantize() : dense;
        return plain.to(plain.dtype().isComplex() ? DType.COMPLEX128 : DType.FLOAT64);
    }

    private static String inputsText(List<Tensor> inputs) {
        return ", for inputs of " + inputs.stream().map(TraceCheck::text).toList();
    }

    private static String text(Tensor tensor) {
        return tensor.dtype() + Arrays.toString(tensor.shape());
    }
}
