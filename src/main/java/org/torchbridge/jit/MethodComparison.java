package org.torchbridge.jit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.jit.ModuleMethod.Call;
import org.torchbridge.jit.ModuleMethod.Operation;
import org.torchbridge.jit.ModuleMethod.Step;

/** Whether two methods do the same with the same state: step by step, with other values. */
final class MethodComparison {
    /** The values of the second method that stand for those of the first. */
    private final Map<Value, Value> counterparts = new HashMap<>();

    private MethodComparison() {}

    static boolean areSame(ModuleMethod one, ModuleMethod other) {
        MethodComparison comparison = new MethodComparison();
        return all(one.inputs(), other.inputs(), comparison::pair)
                && all(one.steps(), other.steps(), comparison::same)
                && all(one.outputs(), other.outputs(), comparison::same);
    }

    private static <T> boolean all(List<T> some, List<T> others, BiPredicate<T, T> same) {
        if (some.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < some.size(); i++) {
            if (!same.test(some.get(i), others.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean pair(Value one, Value other) {
        counterparts.put(one, other);
        return one.type().equals(other.type())
                || one.type() instanceof Type.OfTensor && other.type() instanceof Type.OfTensor;
    }

    private boolean same(Step one, Step other) {
        if (one instanceof Operation first && other instanceof Operation second) {
            return same(first.node(), second.node());
        }
        return one instanceof Call first
                && other instanceof Call second
                && (first.method() == second.method() || areSame(first.method(), second.method()))
                && all(first.needs(), second.needs(), this::same)
                && pair(first.output(), second.output());
    }

    private boolean same(Node one, Node other) {
        return one.is(other.kind())
                && one.attributes().equals(other.attributes())
                && all(one.inputs(), other.inputs(), this::same)
                && all(one.blocks(), other.blocks(), this::same)
                && all(one.outputs(), other.outputs(), this::pair);
    }

    private boolean same(Block one, Block other) {
        return all(one.inputs(), other.inputs(), this::pair)
                && all(one.nodes(), other.nodes(), this::same)
                && all(one.outputs(), other.outputs(), this::same);
    }

    /** Constants and reads of state belong to no step. */
    private boolean same(Value one, Value other) {
        Value counterpart = counterparts.get(one);
        Node node = one.producer();
        return counterpart != null
                ? counterpart == other
                : node.is(other.producer().kind())
                        && (node.is("prim::Constant") || MethodDivision.isState(node))
                        && node.attributes().equals(other.producer().attributes());
    }
}
