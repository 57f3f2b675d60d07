package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;

/** What tests of rules share: the same results as ONNX Runtime. */
abstract class RuleTest {
    static final double RELATIVE = 1e-4;
    static final double ABSOLUTE = 1e-5;

    static Tensor random(long... shape) {
        return Torch.randn(shape);
    }

    /** The node gives what ONNX Runtime gives, in shape, type and values. */
    static void assertSame(OneNode node) {
        assertResults(node, node.expected());
    }

    /** The node gives these tensors. */
    static void assertResults(OneNode node, List<Tensor> expected) {
        List<Tensor> actual = results(node);
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertClose(actual.get(i), expected.get(i), node);
        }
    }

    /** What the node makes as a module. */
    static List<Tensor> results(OneNode node) {
        try (ScriptModule module = node.load().toModule()) {
            Object result = module.run("forward", node.inputs().toArray());
            List<?> all = result instanceof List<?> several ? several : List.of(result);
            return all.stream().map(Tensor.class::cast).map(Tensor::detach).toList();
        }
    }

    static void assertClose(Tensor actual, Tensor expected, OneNode node) {
        assertThat(actual.dtype()).as("type of %s", node).isEqualTo(expected.dtype());
        assertThat(actual.shape()).as("shape of %s", node).isEqualTo(expected.shape());
        assertThat(Torch.allclose(actual, expected, RELATIVE, ABSOLUTE, true))
                .as("%s%nis not%n%s%nby %s", actual, expected, node)
                .isTrue();
    }
}
