package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Predicate;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Interpreter;

/** Shows that a pass changes a program and keeps what it computes. */
final class Results {
    private static final double TOLERANCE = 1e-5;

    private Results() {}

    static void stay(Graph graph, Predicate<Graph> pass, Object... inputs) {
        List<Object> before = new Interpreter(graph.copy()).run(copies(inputs));

        assertThat(pass.test(graph)).as("whether the pass changed something").isTrue();

        List<Object> after = new Interpreter(graph).run(copies(inputs));
        for (int i = 0; i < before.size(); i++) {
            if (before.get(i) instanceof Tensor expected) {
                Tensor actual = (Tensor) after.get(i);
                assertThat(actual.shape()).isEqualTo(expected.shape());
                assertThat(actual.dtype()).isEqualTo(expected.dtype());
                assertThat(actual.allclose(expected, TOLERANCE, TOLERANCE))
                        .as("%s is %s", actual, expected)
                        .isTrue();
            } else {
                assertThat(after.get(i)).isEqualTo(before.get(i));
            }
        }
    }

    private static Object[] copies(Object... inputs) {
        Object[] copies = inputs.clone();
        for (int i = 0; i < copies.length; i++) {
            copies[i] = copies[i] instanceof Tensor tensor ? tensor.clone() : copies[i];
        }
        return copies;
    }
}
