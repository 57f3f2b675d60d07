package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Interpreter;

/** What tests of rules share: the same results as ONNX Runtime. */
abstract class RuleTest {
    static final double RELATIVE = 1e-4;
    static final double ABSOLUTE = 1e-5;

    static Tensor random(long... shape) {
        return Torch.randn(shape);
    }

    /** The node gives what ONNX Runtime gives, in shape, type and values. */
    static void assertSame(OneNode node) {
        Graph graph = node.load().toGraph();
        Object result = new Interpreter(graph).run(node.inputs().toArray());
        List<?> actual = (List<?>) result;
        List<Tensor> expected = node.expected();
        for (int i = 0; i < expected.size(); i++) {
            assertClose((Tensor) actual.get(i), expected.get(i), graph);
        }
    }

    private static void assertClose(Tensor actual, Tensor expected, Graph graph) {
        assertThat(actual.dtype()).as("type, by%n%s", graph).isEqualTo(expected.dtype());
        assertThat(actual.shape()).as("shape, by%n%s", graph).isEqualTo(expected.shape());
        assertThat(Torch.allclose(actual, expected, RELATIVE, ABSOLUTE, true))
                .as("%s%nis not%n%s%nby%n%s", actual, expected, graph)
                .isTrue();
    }
}
