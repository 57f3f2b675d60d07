package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.UnsupportedOperatorException;
import org.torchbridge.jit.ScriptModule;

/** What tests of rules share: the same results as ONNX Runtime. */
abstract class RuleTest {
    static final double RELATIVE = 1e-4;
    static final double ABSOLUTE = 1e-5;

    @BeforeEach
    void seed() {
        Torch.manualSeed(0);
    }

    static Tensor random(long... shape) {
        return Torch.randn(shape);
    }

    /** The node gives what ONNX Runtime gives, in shape, type and values. */
    static void assertSame(OneNode node) {
        assertResults(node, node.expected());
    }

    /** The model gives what ONNX Runtime gives for these inputs, which are given in the order that it declares them in. */
    static void assertSame(ModelText model, Tensor... inputs) {
        Map<String, Tensor> byName = new LinkedHashMap<>();
        List<ValueInfo> declared = model.load().inputs();
        for (int i = 0; i < inputs.length; i++) {
            byName.put(declared.get(i).name(), inputs[i]);
        }
        List<Tensor> expected = RuntimeOracle.run(model.proto(), byName);
        assertClose(results(model.load(), List.of(inputs)), expected, model);
    }

    /** The node gives these tensors. */
    static void assertResults(OneNode node, List<Tensor> expected) {
        assertClose(results(node), expected, node);
    }

    /** What the node makes as a module. */
    static List<Tensor> results(OneNode node) {
        return results(node.load(), node.inputs());
    }

    static List<Tensor> results(OnnxModel model, List<Tensor> inputs) {
        try (ScriptModule module = model.toModule()) {
            Object result = module.run("forward", inputs.toArray());
            List<?> all = result instanceof List<?> several ? several : List.of(result);
            return all.stream().map(Tensor.class::cast).map(Tensor::detach).toList();
        }
    }

    private static void assertClose(List<Tensor> actual, List<Tensor> expected, Object model) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertClose(actual.get(i), expected.get(i), model);
        }
    }

    static void assertClose(Tensor actual, Tensor expected, Object model) {
        assertThat(actual.dtype()).as("type of %s", model).isEqualTo(expected.dtype());
        assertThat(actual.shape()).as("shape of %s", model).isEqualTo(expected.shape());
        assertThat(Torch.allclose(actual, expected, RELATIVE, ABSOLUTE, true))
                .as("%s%nis not%n%s%nby %s", actual, expected, model)
                .isTrue();
    }

    static Tensor longs(long... values) {
        return Torch.tensor(values);
    }

    /** The node is refused, and the message says so. */
    static void assertRefused(OneNode node, String message) {
        assertThatThrownBy(() -> node.load().toGraph())
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining(message);
    }

    /**
     * The gradients of the first output by the inputs that are floating point numbers: along a random direction, they are the
     * slope between two results of ONNX Runtime.
     */
    static void assertGradients(OneNode node) {
        double step = 1e-2;
        Tensor factors = random(node.expected().get(0).shape());
        List<Tensor> directions = new ArrayList<>();
        List<Tensor> ahead = new ArrayList<>();
        List<Tensor> behind = new ArrayList<>();
        for (Tensor input : node.inputs()) {
            boolean real = input.dtype().isFloatingPoint();
            Tensor direction = real ? Torch.randnLike(input) : Torch.zerosLike(input);
            directions.add(direction);
            ahead.add(real ? input.add(direction.mul(step)) : input);
            behind.add(real ? input.sub(direction.mul(step)) : input);
        }
        Tensor rise = node.expected(ahead).get(0).sub(node.expected(behind).get(0));
        double slope = rise.mul(factors).sum().toDouble() / (2 * step);
        double tolerance = 1e-2 * Math.max(1, Math.abs(slope));
        assertThat(slope(node, factors, directions)).as("%s", node).isCloseTo(slope, within(tolerance));
    }

    private static double slope(OneNode node, Tensor factors, List<Tensor> directions) {
        List<Tensor> inputs = node.inputs().stream()
                .map(input ->
                        input.dtype().isFloatingPoint() ? input.detach().clone().requiresGrad_(true) : input)
                .toList();
        try (ScriptModule module = node.load().toModule()) {
            Object result = module.run("forward", inputs.toArray());
            Tensor first = (Tensor) (result instanceof List<?> several ? several.get(0) : result);
            first.mul(factors).sum().backward();
        }
        double slope = 0;
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).requiresGrad()) {
                slope += inputs.get(i).grad().mul(directions.get(i)).sum().toDouble();
            }
        }
        return slope;
    }
}
