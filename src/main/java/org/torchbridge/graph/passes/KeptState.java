package org.torchbridge.graph.passes;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Interpreter;

/** Lists in slots that a program replaces by equal ones, such as tensors that it takes to the device of its input. */
final class KeptState {
    private KeptState() {}

    /** Whether each run puts a list into the slot, whatever its inputs are. */
    static boolean isPutBack(Graph graph, String name) {
        return graph.slots().get(name) != null
                && graph.slots().get(name).value() instanceof List
                && graph.body().nodes().stream().anyMatch(node -> StateLowering.isWritten(node, name));
    }

    /** Which of these slots are after runs on all examples as they were before. */
    static Set<String> same(Graph graph, List<String> names, List<? extends List<?>> examples) {
        Set<String> same = new HashSet<>(names);
        try (var none = Torch.noGrad()) {
            for (List<?> example : examples) {
                Scope.run(() -> {
                    Interpreter interpreter = new Interpreter(graph);
                    interpreter.run(example.toArray());
                    same.removeIf(name -> !equal(graph.slots().get(name).value(), interpreter.get(name)));
                });
            }
        }
        return same;
    }

    private static boolean equal(@Nullable Object one, @Nullable Object other) {
        if (one instanceof List<?> list && other instanceof List<?> its && list.size() == its.size()) {
            boolean equal = true;
            for (int i = 0; i < list.size(); i++) {
                equal &= equal(list.get(i), its.get(i));
            }
            return equal;
        }
        return one instanceof Tensor tensor && other instanceof Tensor its
                ? tensor.dtype() == its.dtype() && tensor.equal(its)
                : one != null && one.equals(other);
    }
}
