package org.torchbridge.graph.passes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Computes once what is computed twice from the same values. Only {@linkplain Effects#isPure pure} nodes count, and only
 * where nothing is written into what they read or make; what the program hands out stays as many objects as it was.
 */
public final class CommonSubexpressions {
    /** What tells a computation from others. */
    private record Key(String kind, Map<String, @Nullable Object> attributes, List<Value> inputs, List<Type> results) {
        static Key of(Node node) {
            return new Key(
                    node.kind(),
                    node.attributes(),
                    node.inputs(),
                    node.outputs().stream().map(Key::type).toList());
        }

        /** The type as far as it is part of the computation: two lists without elements may be of two types. */
        private static Type type(Value result) {
            return result.type() instanceof Type.OfTensor ? Type.TENSOR : result.type();
        }
    }

    private final Aliases aliases;
    private boolean changed;

    private CommonSubexpressions(Graph graph) {
        this.aliases = Aliases.of(graph);
    }

    /** Whether something was found. */
    public static boolean run(Graph graph) {
        CommonSubexpressions pass = new CommonSubexpressions(graph);
        pass.run(graph.body(), Map.of());
        return pass.changed;
    }

    private void run(Block block, Map<Key, Node> outer) {
        Map<Key, Node> known = new HashMap<>(outer);
        for (Node node : block.nodes()) {
            node.blocks().forEach(inner -> run(inner, known));
            if (canBeShared(node)) {
                Node first = known.putIfAbsent(Key.of(node), node);
                if (first != null) {
                    Control.replace(node, first.outputs());
                    changed = true;
                }
            }
        }
    }

    private boolean canBeShared(Node node) {
        return Effects.isPure(node)
                && !node.is("prim::Uninitialized")
                && node.inputs().stream().noneMatch(aliases::isWritten)
                && node.outputs().stream().noneMatch(aliases::isWritten)
                && !(Sharing.makesNewTensors(node) && node.outputs().stream().anyMatch(aliases::isHandedOut));
    }
}
