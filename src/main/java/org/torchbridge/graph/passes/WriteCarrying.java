package org.torchbridge.graph.passes;

import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Use;
import org.torchbridge.graph.Value;

/**
 * Lets a tensor that a program makes, and writes into within branches and loops, come out of these as another one: there it is
 * a copy that is written into, and {@link RemoveMutation} can do without. Only tensors count that nothing else shares.
 *
 * <pre>{@code
 * y = torch.zeros(n)                y = torch.zeros(n)
 * for i in range(m):       ->       for i in range(m):
 *     y.add_(x[i])                      y = y.clone()
 *                                       y.add_(x[i])
 *                                       y = y.clone()
 * }</pre>
 */
public final class WriteCarrying {
    private final Aliases aliases;
    private boolean changed;

    private WriteCarrying(Graph graph) {
        this.aliases = Aliases.of(graph);
    }

    /** Whether a tensor is carried now. */
    public static boolean run(Graph graph) {
        WriteCarrying pass = new WriteCarrying(graph);
        graph.forEachNode(pass::visit);
        return pass.changed;
    }

    private void visit(Node made) {
        if (made.outputs().size() == 1
                && made.output().type() instanceof Type.OfTensor
                && Sharing.makesNewTensors(made)
                && isWrittenInside(made)
                && isKnownByNameAlone(made.output())) {
            new Writes(made).followFrom(made);
            changed = true;
        }
    }

    private static boolean isWrittenInside(Node made) {
        return made.output().uses().stream()
                .map(Use::node)
                .anyMatch(user -> user.owner() != made.owner() && isWrite(user, made.output()));
    }

    private static boolean isWrite(Node node, Value tensor) {
        return RemoveMutation.isInPlace(node) && node.input(0) == tensor;
    }

    private boolean isKnownByNameAlone(Value tensor) {
        return aliases.of(tensor).stream()
                .allMatch(value -> value == tensor || !value.isUsed() && isWrite(value.producer(), tensor));
    }

    private static final class Writes extends Carrying {
        private final Node made;
        private final Value tensor;

        Writes(Node made) {
            super(made.output().type());
            this.made = made;
            this.tensor = made.output();
        }

        @Override
        boolean changes(Node node) {
            return isWrite(node, tensor);
        }

        /** Copies before and after, so that what is written into is nothing that a loop carries. */
        @Override
        Value change(Node write, Value current) {
            if (write.owner() == made.owner()) {
                use(write, current);
                return current;
            }
            Value written = copy(write, current);
            use(write, written);
            return copy(Control.next(write), written);
        }

        private Value copy(Node place, Value value) {
            Value copy = GraphBuilder.before(place).op("aten::clone", value);
            copy.setType(tensor.type());
            return copy;
        }

        @Override
        void use(Node node, Value current) {
            replaceInputs(node, tensor, current);
        }
    }
}
